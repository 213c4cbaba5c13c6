"""Errors of the house; every message tells the reader what to do next.

::

    DispatchError
    ├── InvalidInput            what was given cannot be used: mend it and send it again
    │   └── OutsideServiceArea  the point lies where this service does not work
    ├── UnknownId               no such incident, unit or assignment
    ├── Conflict                true a moment ago, no longer: reload and decide again
    │   ├── StaleIncident       somebody else changed the incident first
    │   ├── UnitAlreadyAssigned the unit has an open assignment
    │   ├── ShopFull            the repair shop takes no more vehicles that day
    │   └── IllegalTransition   the step does not follow from the present status
    ├── NotAllowed              signed in, but not for this
    └── Unavailable             something outside is missing: a database, a file, a service
"""


class DispatchError(Exception):
    """Base of every error this program raises on purpose."""


class InvalidInput(DispatchError, ValueError):
    """What was given cannot be used."""


class OutsideServiceArea(InvalidInput):
    """The point lies where this service does not work."""


class UnknownId(DispatchError, LookupError):
    """No such incident, unit or assignment."""


class Conflict(DispatchError):
    """True a moment ago, no longer."""


class StaleIncident(Conflict):
    """Somebody else changed the incident first."""


class UnitAlreadyAssigned(Conflict):
    """The unit has an open assignment already, or the incident has one in that role."""


class ShopFull(Conflict):
    """The repair shop takes no more vehicles that day."""


class IllegalTransition(Conflict):
    """The step does not follow from the present status."""


class NotAllowed(DispatchError):
    """Signed in, but not for this."""


class Unavailable(DispatchError):
    """Something outside is missing: a database, a file, a service."""
