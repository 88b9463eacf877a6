"""The connection types of services that people use over the web."""

from isinglass.domain.connection_types.definitions import SECRET, ConnectionType, Property

_BASIC, _OAUTH2, _CUSTOM = "BASIC", "OAUTH2", "CUSTOM"
_INSTANCE = "INSTANCE_URL"

_CREDENTIALS = {
    _BASIC: (
        Property("Username", "The user name.", required=True),
        Property("Password", "The password; it is sealed.", required=True, kind=SECRET),
    ),
    _OAUTH2: (
        Property(
            "OAuth2GrantType", "How tokens are had.", required=True,
            allowed=("AUTHORIZATION_CODE", "CLIENT_CREDENTIALS", "JWT_BEARER", "REFRESH_TOKEN"),
        ),
        Property("TokenUrl", "Where tokens are had."),
        Property("UserManagedClientApplicationClientId", "The client's id."),
        Property("UserManagedClientApplicationClientSecret", "The client's secret; it is sealed.",
            kind=SECRET),
        Property("AccessToken", "A token that is had already; it is sealed.", kind=SECRET),
        Property("RefreshToken", "What new tokens are had for; it is sealed.", kind=SECRET),
        Property("JwtToken", "The assertion of JWT_BEARER; it is sealed.", kind=SECRET),
    ),
    _CUSTOM: (),
}  # fmt: skip


def _service(
    name: str, display_name: str, vendor: str, category: str, what: str, *authentication: str,
    required: tuple[str, ...] = (), more: tuple[str, ...] = (),
) -> ConnectionType:  # fmt: skip
    """Describe a service; which further properties its connections have is for its connector to say."""
    instance = Property(_INSTANCE, "Where your instance answers.", required=_INSTANCE in required)
    others = tuple(Property(key, "What the service calls so.", required=key in required) for key in more)
    return ConnectionType(
        name, display_name, vendor, f"{what} of {display_name}.", (category,), (instance, *others),
        authentication=authentication or (_OAUTH2,),
        credentials={way: _CREDENTIALS[way] for way in authentication or (_OAUTH2,)},
        is_open=True,
    )  # fmt: skip


_CRM, _ADS, _MARKETING, _SUPPORT = "CRM", "Advertising", "Marketing", "Support"
_FINANCE, _TEAMWORK, _OPERATIONS, _ANALYTICS = "Finance", "Teamwork", "Operations", "Analytics"

SERVICES = (
    _service("SALESFORCE", "Salesforce", "Salesforce", _CRM, "Accounts, leads and other objects", _OAUTH2),
    _service("SALESFORCEPARDOT", "Salesforce Account Engagement (Pardot)", "Salesforce", _MARKETING,
        "Prospects and campaigns"),
    _service("SALESFORCEMARKETINGCLOUD", "Salesforce Marketing Cloud", "Salesforce", _MARKETING,
        "Journeys and campaigns"),
    _service("SALESFORCECOMMERCECLOUD", "Salesforce Commerce Cloud", "Salesforce", _FINANCE,
        "Orders and products"),
    _service("SERVICENOW", "ServiceNow", "ServiceNow", _OPERATIONS, "Incidents and other tables", _OAUTH2,
        _BASIC),
    _service("SAPODATA", "SAP OData", "SAP", _FINANCE, "Entities of OData services", _OAUTH2, _BASIC, _CUSTOM,
             more=("APPLICATION_HOST_URL", "APPLICATION_SERVICE_PATH", "PORT_NUMBER", "CLIENT_NUMBER",
             "LOGON_LANGUAGE")),
    _service("SAPCONCUR", "SAP Concur", "SAP", _FINANCE, "Travel and expenses"),
    _service("NETSUITEERP", "NetSuite ERP", "Oracle", _FINANCE, "Records"),
    _service("MICROSOFTDYNAMIC365FINANCEANDOPS", "Dynamics 365 Finance and Operations", "Microsoft",
        _FINANCE, "Entities"),
    _service("MICROSOFTDYNAMICS365CRM", "Dynamics 365 CRM", "Microsoft", _CRM, "Entities"),
    _service("MICROSOFTTEAMS", "Microsoft Teams", "Microsoft", _TEAMWORK, "Teams, channels and messages"),
    _service("HUBSPOT", "HubSpot", "HubSpot", _CRM, "Contacts, companies and deals"),
    _service("ZOHOCRM", "Zoho CRM", "Zoho", _CRM, "Modules"),
    _service("PIPEDIVE", "Pipedrive", "Pipedrive", _CRM,
        "Deals, persons and leads (the type's older spelling)", _OAUTH2, _CUSTOM),
    _service("PIPEDRIVE", "Pipedrive", "Pipedrive", _CRM, "Deals, persons and leads", _OAUTH2, _CUSTOM),
    _service("FRESHSALES", "Freshsales", "Freshworks", _CRM, "Contacts, accounts and deals", _CUSTOM),
    _service("FRESHDESK", "Freshdesk", "Freshworks", _SUPPORT, "Tickets, agents and companies", _CUSTOM),
    _service("BLACKBAUDRAISEREDGENXT", "Blackbaud Raiser's Edge NXT", "Blackbaud", _CRM,
        "Constituents and gifts"),
    _service("BLACKBAUD", "Blackbaud", "Blackbaud", _CRM, "Constituents and gifts"),
    _service("ZENDESK", "Zendesk", "Zendesk", _SUPPORT, "Tickets, users and organisations"),
    _service("INTERCOM", "Intercom", "Intercom", _SUPPORT, "Contacts and conversations"),
    _service("KUSTOMER", "Kustomer", "Kustomer", _SUPPORT, "Customers and conversations", _CUSTOM),
    _service("GOOGLEADS", "Google Ads", "Google", _ADS, "Campaigns and reports"),
    _service("FACEBOOKADS", "Facebook Ads", "Meta", _ADS, "Campaigns and insights"),
    _service("INSTAGRAMADS", "Instagram Ads", "Meta", _ADS, "Campaigns and insights"),
    _service("FACEBOOKPAGEINSIGHTS", "Facebook Page Insights", "Meta", _ADS, "Pages and insights"),
    _service("SNAPCHATADS", "Snapchat Ads", "Snap", _ADS, "Campaigns and reports"),
    _service("LINKEDIN", "LinkedIn", "Microsoft", _ADS, "Campaigns and insights"),
    _service("GOOGLESHEETS", "Google Sheets", "Google", _TEAMWORK, "Sheets"),
    _service("GOOGLEANALYTICS4", "Google Analytics 4", "Google", _ANALYTICS, "Reports"),
    _service("GOOGLESEARCHCONSOLE", "Google Search Console", "Google", _ANALYTICS,
        "Search analytics and sites"),
    _service("ADOBEANALYTICS", "Adobe Analytics", "Adobe", _ANALYTICS, "Reports, metrics and segments"),
    _service("MARKETO", "Adobe Marketo Engage", "Adobe", _MARKETING, "Leads, activities and campaigns"),
    _service("MIXPANEL", "Mixpanel", "Mixpanel", _ANALYTICS, "Funnels, retention and segmentation", _CUSTOM),
    _service("PENDO", "Pendo", "Pendo", _ANALYTICS, "Features, guides and visitors", _CUSTOM),
    _service("DOMO", "Domo", "Domo", _ANALYTICS, "Datasets"),
    _service("MAILCHIMP", "Mailchimp", "Intuit", _MARKETING, "Audiences and campaigns", _OAUTH2, _CUSTOM),
    _service("SENDGRID", "SendGrid", "Twilio", _MARKETING, "Lists, sends and statistics", _CUSTOM),
    _service("TWILIO", "Twilio", "Twilio", _OPERATIONS, "Messages, calls and usage", _BASIC),
    _service("STRIPE", "Stripe", "Stripe", _FINANCE, "Charges, customers and invoices", _CUSTOM),
    _service("PAYPAL", "PayPal", "PayPal", _FINANCE, "Transactions"),
    _service("QUICKBOOKS", "QuickBooks", "Intuit", _FINANCE, "Accounts, bills and invoices"),
    _service("WOOCOMMERCE", "WooCommerce", "Automattic", _FINANCE, "Orders, products and customers", _CUSTOM),
    _service("JIRACLOUD", "Jira Cloud", "Atlassian", _TEAMWORK, "Issues, projects and users",
        more=("DOMAIN_URL",)),
    _service("ASANA", "Asana", "Asana", _TEAMWORK, "Tasks, projects and teams", _OAUTH2, _CUSTOM),
    _service("MONDAY", "monday.com", "monday.com", _TEAMWORK, "Boards and items", _OAUTH2, _CUSTOM),
    _service("SMARTSHEET", "Smartsheet", "Smartsheet", _TEAMWORK, "Sheets and reports"),
    _service("PRODUCTBOARD", "Productboard", "Productboard", _TEAMWORK, "Features and notes"),
    _service("SLACK", "Slack", "Salesforce", _TEAMWORK, "Channels and conversations"),
    _service("ZOOM", "Zoom", "Zoom", _TEAMWORK, "Meetings, users and reports"),
    _service("GITLAB", "GitLab", "GitLab", _OPERATIONS, "Projects, issues and merge requests", _OAUTH2,
        _CUSTOM),
    _service("CIRCLECI", "CircleCI", "CircleCI", _OPERATIONS, "Pipelines and insights", _CUSTOM),
    _service("DATADOG", "Datadog", "Datadog", _OPERATIONS, "Metrics, events and monitors", _CUSTOM),
    _service("DYNATRACE", "Dynatrace", "Dynatrace", _OPERATIONS, "Problems and metrics", _CUSTOM),
    _service("DOCUSIGNMONITOR", "Docusign Monitor", "Docusign", _OPERATIONS, "Monitoring events"),
    _service("OKTA", "Okta", "Okta", _OPERATIONS, "Users, groups and applications", _OAUTH2, _CUSTOM),
)  # fmt: skip
