"""Transforms of plain DataFrames; scripts import them from here."""

from awsglue.dataframe_transforms.apply_mapping import ApplyMapping

__all__ = ["ApplyMapping"]
