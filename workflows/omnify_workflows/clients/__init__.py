"""What activities call: OmniFy's API through the gateway, and Keycloak's admin API, as the realm's service client."""
