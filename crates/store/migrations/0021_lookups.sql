-- Units are asked for by the tag of the tenancy that is open on them.
CREATE INDEX allocations_deployment ON allocations (deployment_id)
    WHERE status IN ('pending', 'active', 'ending');
