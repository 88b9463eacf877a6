"""Tags, as boto3 sees them."""

from typing import Any

DATABASE = "arn:aws:glue:eu-west-1:123456789012:database/sales"


def test_tags_added_and_removed_read_back(catalog: Any) -> None:
    glue = catalog.glue
    assert glue.get_tags(ResourceArn=DATABASE)["Tags"] == {}
    glue.tag_resource(ResourceArn=DATABASE, TagsToAdd={"a": "1", "b": ""})
    glue.tag_resource(ResourceArn=DATABASE, TagsToAdd={"a": "2"})
    glue.untag_resource(ResourceArn=DATABASE, TagsToRemove=["b", "never"])
    assert glue.get_tags(ResourceArn=DATABASE)["Tags"] == {"a": "2"}


def test_tags_of_a_deleted_database_go_with_it(catalog: Any, error_of: Any) -> None:
    catalog.glue.tag_resource(ResourceArn=DATABASE, TagsToAdd={"a": "1"})
    catalog.glue.delete_database(Name="sales")
    assert error_of(catalog.glue.get_tags, ResourceArn=DATABASE)[0] == "EntityNotFoundException"
    catalog.glue.create_database(DatabaseInput={"Name": "sales"})
    assert catalog.glue.get_tags(ResourceArn=DATABASE)["Tags"] == {}


def test_tags_of_what_has_none_are_refused(catalog: Any, error_of: Any) -> None:
    for arn, code in [
        ("arn:aws:glue:eu-west-1:123456789012:database/nope", "EntityNotFoundException"),
        ("arn:aws:glue:eu-west-1:210987654321:database/sales", "EntityNotFoundException"),
        ("arn:aws:glue:eu-west-1:123456789012:job/nope", "EntityNotFoundException"),
        ("arn:aws:glue:eu-west-1:123456789012:crawler/nope", "EntityNotFoundException"),
        ("arn:aws:glue:eu-west-1:123456789012:registry/nope", "EntityNotFoundException"),
        ("arn:aws:glue:eu-west-1:123456789012:bogus/sales", "InvalidInputException"),
        ("arn:aws:glue:eu-west-1:123456789012:table/sales/orders", "InvalidInputException"),
        ("arn:aws:glue:eu-west-1:12:database/sales", "InvalidInputException"),
    ]:
        assert error_of(catalog.glue.get_tags, ResourceArn=arn)[0] == code
        assert error_of(catalog.glue.tag_resource, ResourceArn=arn, TagsToAdd={"a": "1"})[0] == code


def test_tags_that_are_reserved_or_too_many_are_refused(catalog: Any, error_of: Any) -> None:
    catalog.glue.tag_resource(ResourceArn=DATABASE, TagsToAdd={"a": "1"})
    for tags in ({"aws:x": "1"}, {"k": "a\0"}, {f"k{n}": "v" for n in range(50)}):
        code, _ = error_of(catalog.glue.tag_resource, ResourceArn=DATABASE, TagsToAdd=tags)
        assert code == "InvalidInputException"
    assert catalog.glue.get_tags(ResourceArn=DATABASE)["Tags"] == {"a": "1"}
