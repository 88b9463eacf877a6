"""How a connection to a REST service proves who it is."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.connection_targets import BadConnection, UntestableConnection
from isinglass.domain.connection_types.registered import custom_parameters
from isinglass.domain.rest_services.requests import Carried, Request, basic, bearer, plan, resolved

Document = Mapping[str, Any]

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def credentials(registered: Document, authentication: Document) -> list[Carried] | Request:
    """Give what each request carries to prove who asks, or the request for a token that comes first."""
    if authentication.get("SecretArn"):
        raise UntestableConnection(
            "SecretArn names a secret of AWS Secrets Manager, which this server does not read; "
            "give the credentials themselves."
        )
    ways = registered["ConnectorAuthenticationConfiguration"]["AuthenticationTypes"]
    way = authentication.get("AuthenticationType") or ways[0]
    if way == "BASIC":
        given = authentication.get("BasicAuthenticationCredentials", {})
        if "Username" not in given:
            raise BadConnection("The connection has no BasicAuthenticationCredentials with a Username.")
        return [basic(given["Username"], given.get("Password", ""))]
    if way == "CUSTOM":
        given = authentication.get("CustomAuthenticationCredentials", {})
        return resolved(custom_parameters(registered), given, "HEADER")
    return _oauth2(registered["ConnectorAuthenticationConfiguration"]["OAuth2Properties"], authentication)


def token_of(answer: Any) -> str:
    """Read a token out of what a token's address answered."""
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        raise BadConnection("The TokenUrl answered without an access_token.")
    return token


def _oauth2(configured: Document, authentication: Document) -> list[Carried] | Request:
    secrets = authentication.get("OAuth2Credentials", {})
    if secrets.get("AccessToken"):
        return [bearer(secrets["AccessToken"])]
    if configured["OAuth2GrantType"] == "CLIENT_CREDENTIALS":
        return _token_request(
            configured["ClientCredentialsProperties"], authentication, _client(authentication)
        )
    if configured["OAuth2GrantType"] == "JWT_BEARER":
        given = {"JwtToken": ("assertion", secrets.get("JwtToken"))}
        return _token_request(configured["JWTBearerProperties"], authentication, given, _JWT_GRANT)
    raise UntestableConnection(
        "Authorization codes are not exchanged by this server; give OAuth2Credentials with an AccessToken."
    )


def _client(authentication: Document) -> dict[str, tuple[str, str | None]]:
    application = authentication.get("OAuth2Properties", {}).get("OAuth2ClientApplication", {})
    secrets = authentication.get("OAuth2Credentials", {})
    return {
        "ClientId": ("client_id", application.get("UserManagedClientApplicationClientId")),
        "ClientSecret": ("client_secret", secrets.get("UserManagedClientApplicationClientSecret")),
    }


def _token_request(
    configured: Document,
    authentication: Document,
    given: Mapping[str, tuple[str, str | None]],
    grant: str = "client_credentials",
) -> Request:
    said = authentication.get("OAuth2Properties", {})
    parameters = {**said.get("TokenUrlParametersMap", {}), **authentication.get("TokenUrlParametersMap", {})}
    url = said.get("TokenUrl") or configured.get("TokenUrl", {}).get("DefaultValue")
    if not url:
        raise BadConnection("The connection has no OAuth2Properties with a TokenUrl.")
    method = configured.get("RequestMethod", "POST")
    usual = "QUERY_PARAM" if method == "GET" else "BODY"
    carried = [Carried("grant_type", grant, usual)]
    for member, (key, own) in given.items():
        described = configured.get(member, {})
        value = own or described.get("DefaultValue")
        if not value:
            raise BadConnection(f"The connection has no {member} to ask for a token with.")
        carried.append(
            Carried(described.get("KeyOverride", key), value, described.get("PropertyLocation", usual))
        )
    scope = configured.get("Scope")
    if scope is not None:
        carried += resolved([{**scope, "KeyOverride": scope.get("KeyOverride", "scope")}], parameters, usual)
    carried += resolved(configured.get("TokenUrlParameters", ()), parameters, usual)
    return plan(url, method, "", carried, form=configured.get("ContentType") != "APPLICATION_JSON")
