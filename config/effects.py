"""What settings come to in Kong and in Kubernetes, in the names that both use; tests change settings and look.

A key stands for all that is below it. Kong's own properties have the names of its environment variables, `KONG_…`,
which the pods of `Deployment` `kong` have; a change of one rolls these pods.
"""

from collections.abc import Mapping
from typing import Final

EFFECTS: Final[Mapping[str, str]] = {
    "mode": (
        "`database`: `KONG_DATABASE=postgres`, each entity written through the Admin API, a `Job` that migrates. "
        "`dbless`: `KONG_DATABASE=off`, one `ConfigMap` with kong.yml (`KONG_DECLARATIVE_CONFIG`)."
    ),
    "edition": "Kong: which plugins may be asked for. Nothing in Kubernetes; `platform.image` names the image.",
    "purpose": "Nothing by itself; it refuses what is for development.",
    "cluster": "Kubernetes: the Provider's context, and the `Namespace` of all objects (Pod Security: restricted).",
    "platform": "Kubernetes: `Deployment` `kong` and what belongs to its pods.",
    "platform.image": "Kubernetes: `Deployment` `kong` and the migrations' `Job`, `image`.",
    "platform.replicas": "Kubernetes: `Deployment` `kong`, `spec.replicas`; with autoscaling, not set.",
    "platform.resources": "Kubernetes: `resources` of the container `kong`; Kong: workers and caches follow.",
    "platform.resources.limits.cpu": "Kong: `KONG_NGINX_WORKER_PROCESSES`, one a core.",
    "platform.cacheSize": "Kong: `KONG_MEM_CACHE_SIZE`.",
    "platform.drainSeconds": "Kubernetes: `lifecycle.preStop` of the container `kong`.",
    "platform.gracePeriodSeconds": "Kubernetes: `terminationGracePeriodSeconds`.",
    "platform.autoscaling": "Kubernetes: `HorizontalPodAutoscaler` `kong`.",
    "platform.disruptionBudget": "Kubernetes: `PodDisruptionBudget` `kong`.",
    "platform.scheduling.priorityClass": "Kubernetes: `priorityClassName` of the pods.",
    "platform.scheduling.nodeSelector": "Kubernetes: `nodeSelector` of the pods.",
    "platform.scheduling.tolerations": "Kubernetes: `tolerations` of the pods.",
    "platform.scheduling.spread": "Kubernetes: `topologySpreadConstraints`, `whenUnsatisfiable`.",
    "platform.podAnnotations": "Kubernetes: `metadata.annotations` of the pods.",
    "platform.properties": "Kong: `KONG_<NAME>`.",
    "platform.logLevel": "Kong: `KONG_LOG_LEVEL`.",
    "database": (
        "Kong: `KONG_PG_*`, the credentials from a Secret. Kubernetes: the `NetworkPolicy` that lets Kong connect; "
        "bundled, a `StatefulSet`, `Service` and Secret `postgres` as well."
    ),
    "vault": "Kubernetes: environment variables of the pods, from those Secrets; Kong: what `{vault://env/NAME}` is.",
    "counters": (
        "Kong: `config.policy` and `config.redis` of every `rate-limiting` plugin. Kubernetes: the `NetworkPolicy` "
        "that lets Kong connect; bundled, a `Deployment`, `Service` and Secret `redis` as well."
    ),
    "trust": "Kong: `KONG_LUA_SSL_TRUSTED_CERTIFICATE`, from volumes of the pods.",
    "admin": (
        "Kong: `KONG_ADMIN_LISTEN`, inside the pods unless `in-cluster`. Kubernetes: `Service` `kong-admin`; "
        "`loopback` has a `Job` that writes Kong's own routes."
    ),
    "ingress": "Kubernetes: the `Ingress` objects `kong-proxy` and `kong-manager`; Kong: the URLs of Kong Manager.",
    "ingress.tls": (
        "Kubernetes: `spec.tls` of the Ingresses, with cert-manager a `Certificate`; Kong: the headers that tell "
        "clients to come by https, and where TLS ends in Kong, its certificate."
    ),
    "proxyService": "Kubernetes: `Service` `kong-proxy`; a load balancer takes the place of the gateway's `Ingress`.",
    "network": "Kubernetes: the `NetworkPolicy` objects of the namespace.",
    "network.trustedProxies": "Kong: `KONG_TRUSTED_IPS`, `KONG_REAL_IP_HEADER`.",
    "network.ipFamilies": "Kong: the listeners' addresses, `KONG_DNS_ORDER`. Kubernetes: each Service's `ipFamilies`.",
    "network.ipFamilyPolicy": "Kubernetes: each Service's `ipFamilyPolicy`.",
    "auth": (
        "Kong, on every route that is not public: `pre-function` (the guard) and `jwt`, or `openid-connect`, or "
        "`oidc`; then `acl`. For `jwt`, a credential of each tier's consumer with the realm's key."
    ),
    "limits": "Kong: `config.minute`, `hour` and `day` of the `rate-limiting` plugin on each tier's consumer.",
    "tiers": "Kong: each a consumer, its `acls` entry, its credential, and `rate-limiting` on it.",
    "tiers[].fairness": "Kong: `config.limit_by` of its `rate-limiting`: `header`, the token's subject, or `consumer`.",
    "apis": "Kong: each a service, and each of its routes a route.",
    "apis[].routes[].access.groups": "Kong: `config.allow` of `acl` on the route, behind the plugins of `auth`.",
    "apis[].routes[].maxBody": "Kong: `request-size-limiting` on the route.",
    "apis[].timeouts": "Kong: the service's `connect_timeout`, `write_timeout`, `read_timeout`.",
    "apis[].retries": "Kong: the service's `retries`.",
    "backends": "Kong: each service's address. Kubernetes: the `NetworkPolicy` that lets Kong connect.",
    "traffic.maxBody": "Kong: `request-size-limiting` for every request, `KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE`.",
    "traffic.correlationHeader": "Kong: `correlation-id` for every request, and a field of `file-log`.",
    "cors": "Kong: `cors` for every request.",
    "observability.prometheus": "Kong: `prometheus` for every request. Kubernetes: `Service` `kong-metrics`.",
    "observability.scrape": "Kubernetes: annotations of `Service` `kong-metrics`, or a `ServiceMonitor`.",
    "observability.alerts": "Kubernetes: a `PrometheusRule`.",
    "observability.dashboards": "Kubernetes: `ConfigMap` objects.",
    "observability.tracing": "Kong: `opentelemetry` for every request, `KONG_TRACING_*`.",
    "observability.accessLog": "Kong: `file-log` for every request.",
    "plugins": "Kong: each a plugin on what it names, or on every request.",
    "management": (
        "Kubernetes: `Deployment` `management` with its `Service`, `ServiceAccount`, `Role`, `PersistentVolumeClaim` "
        "and `NetworkPolicy`. Kong: the service `omnify-management`, its two routes and their guard, and for each "
        "client a consumer with credential, group and limit."
    ),
    "drift": "Nothing: it is for `python -m gateway drift`.",
    "entities": "Kong: each an entity. Kubernetes: the `NetworkPolicy` that lets Kong connect to its services.",
    "lint": "Nothing: it is for `python -m gateway lint`.",
}
"""By key path."""
