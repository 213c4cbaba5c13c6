"""Every number this service counts by itself, by name; those read from the database are in `api.observing.facts`.

No label holds anything of a person, and each takes few values: a route is its template, never an address.
"""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from api.observing.sharing import dead_processes, shared_folder

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, that nothing here reads

MEDIA_TYPE = CONTENT_TYPE_LATEST
REQUEST_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STEP_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)

requests = Counter("gz_http_requests_total", "Requests answered.", ["route", "method", "status"])
request_s = Histogram(
    "gz_http_request_seconds",
    "From the first byte asked to the last answered; of a stream, to its first.",
    ["route", "method"],
    buckets=REQUEST_BUCKETS_S,
)
desk_step_s = Histogram("gz_desk_step_seconds", "Steps of the desk.", ["step"], buckets=STEP_BUCKETS_S)
query_s = Histogram("gz_database_query_seconds", "Statements.", ["verb"], buckets=STEP_BUCKETS_S)
query_errors = Counter("gz_database_errors_total", "Statements that failed.", ["kind"])
pool_in_use = Gauge(
    "gz_database_pool_in_use", "Connections in use, all processes together.", multiprocess_mode="livesum"
)
pool_most = Gauge("gz_database_pool_most", "Connections the pools may open.", multiprocess_mode="livesum")
streams = Gauge("gz_live_streams", "Open live streams.", ["kind"], multiprocess_mode="livesum")
stream_queue = Gauge("gz_live_queue_longest", "Messages that wait in the slowest stream.", multiprocess_mode="livemax")
stream_cuts = Counter("gz_live_cuts_total", "Streams cut off because they could not keep up or something was missed.")
loop_s = Histogram(
    "gz_background_loop_seconds", "Rounds of the background.", ["loop"], buckets=(*STEP_BUCKETS_S, 10.0, 60.0)
)
loop_failures = Counter("gz_background_failures_total", "Rounds of the background that failed in part.", ["loop"])
memory = Gauge("gz_process_memory_bytes", "Resident memory.", ["process"], multiprocess_mode="livesum")
processor_s = Counter("gz_process_cpu_seconds_total", "Processor time.", ["process"])
collections = Counter("gz_process_gc_collections_total", "Garbage collections.", ["process", "generation"])
threads = Gauge("gz_process_threads", "Threads.", ["process"], multiprocess_mode="livesum")
processes = Gauge("gz_processes", "Processes that run.", ["process"], multiprocess_mode="livesum")


def exposition(*more: Collector) -> bytes:
    """All numbers in the text form of Prometheus, those of ``more`` collectors with them."""
    counted = _counted()
    asked = CollectorRegistry(auto_describe=True)
    for collector in more:
        asked.register(collector)
    return generate_latest(counted) + generate_latest(asked)


def _counted() -> CollectorRegistry:
    folder = shared_folder()
    if folder is None:
        return REGISTRY
    for pid in dead_processes(folder):
        mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
    together = CollectorRegistry()
    MultiProcessCollector(together, str(folder))  # type: ignore[no-untyped-call]
    return together
