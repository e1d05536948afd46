# Copyright: the Kloigos authors
# Apache-2.0
"""Which units are meant, by a name or by themselves, and the tenancies that they are in."""

from __future__ import annotations

from ansible_collections.kloigos.cloud.plugins.module_utils.client import KloigosError

#: Somebody's, or on the way to somebody.
LIVING = ("allocating", "allocated")
#: Nobody's until it was deallocated.
QUARANTINE = ("allocation_fail", "deallocation_fail")
#: What a deallocation ends, or ends already.
HELD = LIVING + QUARANTINE + ("deallocating",)


class Tenancies:
    """Those of a control plane."""

    def __init__(self, client):
        self.client = client

    def unit(self, compute_id):
        """A unit in all its detail."""
        unit = self.client.get("compute_units", compute_id)
        if unit is None:
            raise KloigosError("there is no unit %s" % compute_id)
        return unit

    def made_by(self, job):
        """The unit that a job makes ready."""
        return self.unit(self.client.get("jobs", job)["compute_id"])

    def named(self, name):
        """The unit that has a name, else one that is in quarantine with it, or None."""
        units = self._all()
        unit = _living(units, name) or next(self._quarantined(units, name), None)
        return unit and self.unit(unit["compute_id"])

    def held(self, name):
        """Every unit that has a name, is in quarantine with it or is losing it."""
        units = self._all()
        living = _living(units, name)
        losing = [unit for unit in units if unit["status"] == "deallocating" and _name(unit) == name]
        return losing + list(self._quarantined(units, name)) + ([living] if living else [])

    def of(self, unit):
        """The tenancy that a unit is in, or was in last."""
        newest = None if unit["allocation_id"] else self._newest(unit)
        return newest["id"] if newest else unit["allocation_id"]

    def job_of(self, unit):
        """The job that makes a unit ready for its tenant."""
        newest = self._newest(unit)
        if newest is None or newest["id"] != unit["allocation_id"]:
            raise KloigosError("%s was left for another unit at this moment; try it again" % unit["compute_id"])
        return newest["job"]

    def _all(self):
        # All at once, so that none is missed that goes from one state to the next meanwhile.
        return self.client.get("compute_units", "")

    def _quarantined(self, units, name):
        for unit in units:
            if unit["status"] in QUARANTINE and _name(self._past(unit)) == name:
                yield unit

    def _past(self, unit):
        """What has a quarantined unit's tags: a tenancy that never began is history already."""
        newest = None if unit["allocation_id"] else self._newest(unit)
        return newest if newest and newest["status"] == "failed" else unit

    def _newest(self, unit):
        tenancies = self.client.get("compute_units", unit["compute_id"], "allocations", limit=1)
        return tenancies[0] if tenancies else None


def _living(units, name):
    named = [unit for unit in units if unit["status"] in LIVING and _name(unit) == name]
    if len(named) > 1:
        names = ", ".join(unit["compute_id"] for unit in named)
        raise KloigosError("the name %s is that of several units: %s; say which by compute_id" % (name, names))
    return named[0] if named else None


def _name(tagged):
    return (tagged["tags"] or {}).get("name")
