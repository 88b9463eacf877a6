"""Credentials of users besides access keys: passwords, second factors, certificates. No user has any.

Whoever deletes a user with all it has, as Terraform's `force_destroy` does, asks for each kind first.
"""

from isinglass.model.iam.errors import NoSuchEntityException
from isinglass.model.iam.shapes import (
    DeleteLoginProfileRequest,
    DeleteLoginProfileResponse,
    GetLoginProfileRequest,
    GetLoginProfileResponse,
    ListMFADevicesRequest,
    ListMFADevicesResponse,
    ListServiceSpecificCredentialsRequest,
    ListServiceSpecificCredentialsResponse,
    ListSigningCertificatesRequest,
    ListSigningCertificatesResponse,
    ListSSHPublicKeysRequest,
    ListSSHPublicKeysResponse,
    ListVirtualMFADevicesRequest,
    ListVirtualMFADevicesResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.identity.lookups import own_name, require
from isinglass.operations.registry import implements


def _check_user(ctx: Context, given: str | None) -> str | None:
    """Refuse a user that is not there; without a name it is the caller, who is."""
    name = own_name(ctx, given)
    if name is not None:
        with ctx.store.read() as tx:
            require(tx, ctx, "user", name)
    return name


def _without_password(ctx: Context, given: str | None) -> NoSuchEntityException:
    name = _check_user(ctx, given)
    return NoSuchEntityException(f"Login Profile for User {name or 'root'} cannot be found.")


@implements("iam:GetLoginProfile")
def get_login_profile(ctx: Context, request: GetLoginProfileRequest) -> GetLoginProfileResponse:
    """Show a user's password settings: there are none, as nobody signs in with a password."""
    raise _without_password(ctx, request.get("UserName"))


@implements("iam:DeleteLoginProfile")
def delete_login_profile(ctx: Context, request: DeleteLoginProfileRequest) -> DeleteLoginProfileResponse:
    """Delete a user's password: there is none."""
    raise _without_password(ctx, request.get("UserName"))


@implements("iam:ListMFADevices")
def list_mfa_devices(ctx: Context, request: ListMFADevicesRequest) -> ListMFADevicesResponse:
    """List the devices of a user that tell a second factor: none."""
    _check_user(ctx, request.get("UserName"))
    return {"MFADevices": [], "IsTruncated": False}


@implements("iam:ListVirtualMFADevices")
def list_virtual_mfa_devices(
    ctx: Context,  # noqa: ARG001 - no account has any
    request: ListVirtualMFADevicesRequest,  # noqa: ARG001
) -> ListVirtualMFADevicesResponse:
    """List the programs of an account that tell a second factor: none."""
    return {"VirtualMFADevices": [], "IsTruncated": False}


@implements("iam:ListSigningCertificates")
def list_signing_certificates(
    ctx: Context, request: ListSigningCertificatesRequest
) -> ListSigningCertificatesResponse:
    """List the certificates that a user signs with: none."""
    _check_user(ctx, request.get("UserName"))
    return {"Certificates": [], "IsTruncated": False}


@implements("iam:ListSSHPublicKeys")
def list_ssh_public_keys(ctx: Context, request: ListSSHPublicKeysRequest) -> ListSSHPublicKeysResponse:
    """List the SSH keys of a user: none."""
    _check_user(ctx, request.get("UserName"))
    return {"SSHPublicKeys": [], "IsTruncated": False}


@implements("iam:ListServiceSpecificCredentials")
def list_service_specific_credentials(
    ctx: Context, request: ListServiceSpecificCredentialsRequest
) -> ListServiceSpecificCredentialsResponse:
    """List a user's passwords for single services: none."""
    _check_user(ctx, request.get("UserName"))
    return {"ServiceSpecificCredentials": []}
