"""Jobs: create, read, replace, delete."""

from typing import Any, cast

from isinglass.domain.job_definitions import complete
from isinglass.domain.job_sizing import InvalidSize
from isinglass.model.glue.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    IdempotentParameterMismatchException,
    InvalidInputException,
)
from isinglass.model.glue.shapes import (
    BatchGetJobsRequest,
    BatchGetJobsResponse,
    CreateJobRequest,
    CreateJobResponse,
    DeleteJobRequest,
    DeleteJobResponse,
    GetJobRequest,
    GetJobResponse,
    GetJobsRequest,
    GetJobsResponse,
    ListJobsRequest,
    ListJobsResponse,
    UpdateJobRequest,
    UpdateJobResponse,
)
from isinglass.model.glue.shapes import Job as WireJob
from isinglass.operations.context import Context
from isinglass.operations.jobs.usage_limits import limits_of
from isinglass.operations.registry import implements
from isinglass.store.jobs import Job


def resource(name: str) -> str:
    """The part of a job's ARN that its tags are kept under."""
    return f"job/{name}"


def read_back(job: Job) -> WireJob:
    """Answer a job as Glue does."""
    times = {"CreatedOn": job.created_at, "LastModifiedOn": job.modified_at}
    return cast("WireJob", {"Name": job.name, **job.definition, **times})


def not_found(name: str) -> EntityNotFoundException:
    """Build the error of a job that is not there."""
    return EntityNotFoundException(f"Job {name} not found.")


def completed(ctx: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Complete a definition within what limits the caller, in the API's errors."""
    with ctx.store.read() as tx:
        limits = limits_of(ctx, tx)
    try:
        definition = complete(limits.complete(given))
    except InvalidSize as error:
        raise InvalidInputException(str(error)) from error
    limits.check(definition)
    return definition


@implements("CreateJob")
def create_job(ctx: Context, request: CreateJobRequest) -> CreateJobResponse:
    """Create a job."""
    name, tags = request["Name"], request.get("Tags", {})
    definition = completed(ctx, {key: value for key, value in request.items() if key not in ("Name", "Tags")})
    with ctx.store.begin() as tx:
        present = tx.jobs.find(ctx.account_id, name)
        if present is not None and present.definition != definition:
            raise IdempotentParameterMismatchException(
                f"Job with name '{name}' already submitted with different configuration"
            )
        if present is not None:
            raise AlreadyExistsException(f"Job {name} already exists.")
        tx.jobs.insert(Job(ctx.account_id, name, definition, ctx.now, ctx.now))
        tx.tags.add(ctx.account_id, resource(name), tags)
    return {"Name": name}


@implements("GetJob")
def get_job(ctx: Context, request: GetJobRequest) -> GetJobResponse:
    """Read one job."""
    with ctx.store.read() as tx:
        job = tx.jobs.find(ctx.account_id, request["JobName"])
    if job is None:
        raise not_found(request["JobName"])
    return {"Job": read_back(job)}


@implements("GetJobs")
def get_jobs(ctx: Context, request: GetJobsRequest) -> GetJobsResponse:  # noqa: ARG001 - the page is all it asks for
    """Read jobs by name."""
    with ctx.store.read() as tx:
        jobs, after = tx.jobs.list(ctx.account_id, ctx.page)
    return {"Jobs": [read_back(job) for job in jobs], "NextToken": ctx.token(after)}


@implements("ListJobs")
def list_jobs(ctx: Context, request: ListJobsRequest) -> ListJobsResponse:
    """List names of jobs, of all or of those with some tags."""
    with ctx.store.read() as tx:
        names, after = tx.jobs.names(ctx.account_id, ctx.page, tags=request.get("Tags", {}))
    return {"JobNames": names, "NextToken": ctx.token(after)}


@implements("BatchGetJobs")
def batch_get_jobs(ctx: Context, request: BatchGetJobsRequest) -> BatchGetJobsResponse:
    """Read several jobs, saying which are not there."""
    with ctx.store.read() as tx:
        found = tx.jobs.find_many(ctx.account_id, request["JobNames"])
    return {
        "Jobs": [read_back(found[name]) for name in request["JobNames"] if name in found],
        "JobsNotFound": [name for name in request["JobNames"] if name not in found],
    }


@implements("UpdateJob")
def update_job(ctx: Context, request: UpdateJobRequest) -> UpdateJobResponse:
    """Replace a job's definition: what the update leaves out is cleared."""
    name, update = request["JobName"], dict(request["JobUpdate"])
    for member in ("Role", "Command"):
        if member not in update:
            raise InvalidInputException(
                f"JobUpdate has no {member}: an update replaces the whole definition of the job."
            )
    definition = completed(ctx, update)
    with ctx.store.begin() as tx:
        if not tx.jobs.update(ctx.account_id, name, definition, ctx.now):
            raise not_found(name)
    return {"JobName": name}


@implements("DeleteJob")
def delete_job(ctx: Context, request: DeleteJobRequest) -> DeleteJobResponse:
    """Delete a job; one that is not there counts as deleted."""
    name = request["JobName"]
    with ctx.store.begin() as tx:
        tx.jobs.delete(ctx.account_id, name)
        tx.tags.delete_all(ctx.account_id, resource(name))
    return {"JobName": name}
