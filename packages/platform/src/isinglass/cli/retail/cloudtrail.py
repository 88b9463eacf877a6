"""Web analytics: CloudTrail log files, gzipped, one JSON object of records each."""

import gzip
import json
import uuid
from pathlib import Path

from isinglass.cli.retail.plan import Plan, random_for

EVENTS = [
    ("s3.amazonaws.com", "GetObject"),
    ("s3.amazonaws.com", "PutObject"),
    ("signin.amazonaws.com", "ConsoleLogin"),
    ("glue.amazonaws.com", "GetTable"),
]
AGENTS = ["Mozilla/5.0", "aws-cli/2.17", "Boto3/1.34", "[S3Console]"]
ACCOUNT = "111122223333"
FILES = 24


def write(plan: Plan, folder: Path) -> None:
    """Write 24 log files of one day, an hour each, in CloudTrail's folder layout."""
    random = random_for("cloudtrail")
    target = folder / "AWSLogs" / ACCOUNT / "CloudTrail" / "us-east-1" / "2024" / "03" / "01"
    target.mkdir(parents=True, exist_ok=True)
    for hour in range(FILES):
        records = []
        for _ in range(plan.log_events // FILES):
            source, name = EVENTS[random.randint(len(EVENTS))]
            minute, second = random.randint(60), random.randint(60)
            failed = random.random_sample() < 0.03
            records.append(
                {
                    "eventVersion": "1.09",
                    "userIdentity": {
                        "type": "IAMUser",
                        "principalId": f"AIDA{random.randint(10**9):010d}",
                        "arn": f"arn:aws:iam::{ACCOUNT}:user/visitor{random.randint(400)}",
                        "accountId": ACCOUNT,
                    },
                    "eventTime": f"2024-03-01T{hour:02d}:{minute:02d}:{second:02d}Z",
                    "eventSource": source,
                    "eventName": name,
                    "awsRegion": "us-east-1",
                    "sourceIPAddress": f"192.0.2.{random.randint(1, 255)}",
                    "userAgent": AGENTS[random.randint(len(AGENTS))],
                    "requestParameters": {
                        "bucketName": "shop-assets",
                        "key": f"img/{random.randint(5000)}.png",
                    },
                    "responseElements": None,
                    "errorCode": "AccessDenied" if failed else None,
                    "eventID": str(uuid.UUID(bytes=random.bytes(16), version=4)),
                    "eventType": "AwsApiCall",
                    "recipientAccountId": ACCOUNT,
                }
            )
        name = f"{ACCOUNT}_CloudTrail_us-east-1_20240301T{hour:02d}00Z_{random.randint(10**9):09d}.json.gz"
        body = json.dumps({"Records": records}, separators=(",", ":")).encode()
        (target / name).write_bytes(gzip.compress(body, mtime=0))
