"""Routes that write and heed no ``Idempotency-Key``, each with its reason."""

WITHOUT_KEY = {
    "/v1/session",  # signing in and out changes no fact; the answer's cookie could not be given again
    "/v1/session/password",  # what was asked is kept beside a key as a bare hash, which would be one of passwords
    "/v1/queue/reports",  # the queue knows its keys itself: there is no database then
    "/v1/queue/caller-reports",
    "/v1/queue/{number}/again",  # done twice, it is done
    "/v1/caller/reports",  # has a table of keys of its own: a caller who changed a word before pressing again is not refused
    "/v1/osmand",  # a device has no keys: a fix is known by unit and time
    "/v1/incidents/{incident_id}/photos",  # a photograph is known by its SHA-256
    "/v1/cases/{token}/photos",
}
