"""The only reader of the environment."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from dispatch.errors import InvalidInput

Address = Annotated[str, Field(pattern=r"^(https?://[^/\s]+\S*)?$")]
Host = Annotated[str, Field(pattern=r"^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$")]
PROJECT = Path(__file__).resolve().parent.parent


def _by_commas(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class Settings(BaseSettings):
    """Settings, each from an environment variable ``GZ_<NAME>`` (and ``DATABASE_URL``)."""

    model_config = SettingsConfigDict(env_prefix="GZ_", env_file=".env", extra="ignore")

    database_url: str | None = Field(default=None, validation_alias=AliasChoices("DATABASE_URL", "GZ_DATABASE_URL"))
    """A PostGIS database of your own; without it a private cluster is started."""
    state: Path = PROJECT / ".state"
    """Folder for what set-up makes: compiled network, secret, first password."""
    data_key: SecretStr | None = None
    """Key that personal data is locked under (`gzdispatch privacy new-key`); several by commas: the first locks, all open.
    Without it one is made and kept in the state folder."""
    network: Path | None = None
    """Compiled road network (`gzdispatch network import`); without it the built-in schematic one (示意路网)."""
    policy: Path = PROJECT / "api" / "policy.toml"
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: Address | None = None
    """Where callers and devices reach this service, e.g. https://cases.example.com; without it links take the address asked."""
    oidc_issuer: Address | None = None
    """The company's own sign-in (OpenID Connect), e.g. https://login.example.com; without it only passwords open the door."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    oidc_claim: str = "preferred_username"
    """Which of its claims is the user name here."""
    session_h: float = Field(default=12.0, gt=0, le=24)
    """Hours after which everybody signs in again."""
    session_idle_min: float = Field(default=30.0, gt=0, le=1440)
    """Minutes without a request that end a session; a surveyor's lasts its hours, for a phone sleeps in a pocket."""
    workers: int = Field(default=2, ge=1, le=64)
    simulation: bool = True
    """Feed a labelled simulation (模拟) of callers and units."""
    simulated_colleague: bool = True
    """Let a simulated dispatcher (模拟同事) serve simulated incidents that nobody has served for a minute."""
    simulated_reports_per_h: float = Field(default=20.0, gt=0, le=2000)
    """Mean of the simulated reports over a year: 20 an hour are four a day for each of the 120 surveyors."""
    amap_key: SecretStr | None = None
    """Key of the AMap (高德) web service; without it AMap is not asked. Never written to a log."""
    amap_url: Address = "https://restapi.amap.com"
    tianditu_key: SecretStr | None = None
    """Server key (tk) of Tianditu (天地图); without it Tianditu is not asked. Never written to a log."""
    tianditu_url: Address = "https://api.tianditu.gov.cn"
    nominatim_url: Address | None = None
    """A Nominatim server, your own or https://nominatim.openstreetmap.org; without it none is asked."""
    nominatim_pause_s: float = Field(default=1.0, ge=0)
    """Least seconds between two questions to Nominatim of all workers together; the public server's policy says 1."""
    online_limit_s: float = Field(default=2.0, gt=0, le=30)
    """Seconds that all online place services together may delay an answer."""
    push_hosts: Annotated[tuple[Host, ...], NoDecode, BeforeValidator(_by_commas)] = (
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "web.push.apple.com",
        "*.notify.windows.com",
    )
    """Push services that offers may be sent to, separated by commas; empty switches web push off."""
    push_contact: Annotated[str, Field(pattern=r"^(mailto:[^@\s]+@[^@\s]+\.[^@\s]+|https://\S+)$")] = (
        "mailto:push@example.com"
    )
    """Where a push service reaches whoever runs this; give your own, some services ask for a real one."""
    vapid_key: SecretStr | None = None
    """Private key that signs pushes, base64url; without it one is made and kept in the state folder."""
    basemap_url: SecretStr | None = None
    """Raster tiles of the company's own map, with {z}, {x} and {y} in the address; without it the console draws ours only."""
    basemap_attribution: str = ""
    """Whose map that is, shown on it."""
    basemap_datum: Literal["wgs84", "gcj02"] = "gcj02"
    """What it is drawn in; maps made in China speak GCJ-02."""
    basemap_max_zoom: int = Field(default=18, ge=3, le=20)
    """The deepest zoom it has."""
    seals_folder: Path | None = None
    """Where seals of the event log are published: best a disk that the database's administrator cannot write (docs/seals.md)."""
    seal_mail_to: str = ""
    """Who gets each seal by e-mail, comma-separated; without a mail server the messages wait in the folder's outbox."""
    seal_mail_from: str = "gzdispatch@localhost"
    backup_folder: Path | None = None
    """Where backups of the private cluster go and its log is archived: best another disk (docs/backup.md)."""
    backup_keys_folder: Path | None = None
    """Where the backup's keys and passwords go, apart from the data; without it beside them."""
    backup_log_every_s: int = Field(default=60, ge=1, le=3600)
    """The most that a lost disk may cost: how old a piece of the database's log may grow before it is archived."""
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    smtp_tls: bool = True
    """Ask the mail server for STARTTLS before anything is sent."""
    metrics_token: SecretStr | None = None
    """What a monitoring system shows at /metrics (``Authorization: Bearer …``); without it only this very machine is let in."""
    least_free_gb: float = Field(default=1.0, ge=0)
    """With less than this free on the disk of the state folder the service calls itself not ready."""
    log: Literal["auto", "json", "text"] = "auto"
    """Form of the log: ``auto`` is text at a terminal, JSON lines elsewhere."""
    sms_url: Address | None = None
    """Where text messages are posted (docs/messages.md); without it they are kept in the state folder and not sent."""
    sms_key: SecretStr | None = None
    """Signs each text message (HMAC-SHA256). Never written to a log."""
    sms_sign: str = ""
    """The signature (短信签名) that the provider has approved."""
    duty_phone: SecretStr | None = None
    """The manager on duty, who is told before a promise is broken."""
    duty_mail: str = ""
    otel_endpoint: str = Field(default="", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    otel_exporter: str = Field(default="", validation_alias="OTEL_TRACES_EXPORTER")

    @property
    def trace_exporter(self) -> str:
        """Where traces go, by the variables of OpenTelemetry; empty: nowhere."""
        return self.otel_exporter or ("otlp" if self.otel_endpoint else "")

    @model_validator(mode="after")
    def _company_sign_in_is_whole(self) -> Self:
        issuer = urlsplit(self.oidc_issuer or "")
        if issuer.scheme == "http" and issuer.hostname not in ("127.0.0.1", "localhost"):
            raise ValueError("GZ_OIDC_ISSUER must begin with https://")
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("GZ_OIDC_ISSUER needs GZ_OIDC_CLIENT_ID")
        return self

    @property
    def cluster_folder(self) -> Path:
        """Where the private cluster lives: for root a place the postgres user may enter, apart for each checkout."""
        if os.geteuid() != 0:
            return self.state / "postgres"
        mark = hashlib.sha256(str(self.state.resolve()).encode()).hexdigest()[:10]
        return Path("/var/lib/gzdispatch") / mark


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once.

    Raises
    ------
    InvalidInput
        Naming each variable that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = (f"GZ_{'_'.join(map(str, e['loc'])).upper().removeprefix('GZ_')}: {e['msg']}" for e in error.errors())
        raise InvalidInput(f"Settings: {'; '.join(faults)}.") from None
