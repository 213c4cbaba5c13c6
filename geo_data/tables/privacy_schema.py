"""Tables of data keys, of what personal data is found by, and of who read it; see docs/privacy.md."""

from sqlalchemy import BigInteger, Column, Identity, Index, LargeBinary, Table, Text, text

from geo_data.tables.schema import metadata, moment, photos

data_keys = Table(
    "data_keys",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("owner", Text, nullable=False, comment="incident, client/C0001, or house/… for what belongs to no case"),
    Column("wrapped", LargeBinary, comment="locked under a key of the installation; null once erased, for good"),
    moment("made_at"),
    moment("erased_at", null=True),
    Index("data_keys_in_use_idx", "owner", unique=True, postgresql_where=text("wrapped IS NOT NULL")),
    comment="whoever loses the keys of the installation loses all that these lock",
)

personal_marks = Table(
    "personal_marks",
    metadata,
    Column("mark", LargeBinary, primary_key=True, comment="HMAC-SHA256 of a whole plate or telephone number"),
    Column("incident_id", Text, primary_key=True),
    Index(None, "incident_id"),
    comment="finds the incidents of a plate or a number without storing either; goes with the incident's key",
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    moment("at"),
    Column("who", Text, nullable=False, comment="account"),
    Column("role", Text, nullable=False, comment="as it was then"),
    Column("what", Text, nullable=False, comment="case, list, photo, search, export, client, people, log"),
    Column("subject", Text, nullable=False, comment="incident or client; empty for lists, searches and exports"),
    Column("route", Text, nullable=False, comment="method and path template: why it was read"),
    Column("request_id", Text, nullable=False, comment="as sent in X-Request-ID; may be empty"),
    Index(None, "at"),
    Index(None, "subject", "at"),
    comment="who read personal data; appended in the transaction of the reading",
)

photos.append_column(
    Column("key_id", BigInteger, comment="data key that both are locked under; null: as received, from before")
)
