"""The version, without importing the machinery that reads package metadata."""

VERSION = "0.1.0"
