// Generated from openapi.json by `npm run api`; never edited.

export interface paths {
    "/admin/decommission_server/{hostname}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Decommission Server
         * @description Takes everything of Kloigos off the server and answers at once; with `?wait=true` when that is
         *     done.
         */
        delete: operations["decommission_server_admin_decommission_server__hostname__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/init_server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Init Server
         * @description Lists the server's units as `initializing` and answers at once; they become `free`, or
         *     `init_fail` with the reason. With `?wait=true` it answers when that is decided.
         */
        post: operations["init_server_admin_init_server_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List compute units
         * @description Every unit that is not decommissioned, or those that match all filters given.
         */
        get: operations["list_servers_compute_units__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/allocate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Allocate
         * @description Takes a free unit, makes it ready for its tenant, and answers once the tenant can log in. After
         *     the time that the control plane waits at most, or at once with `?wait=false` or
         *     `Prefer: respond-async`, it answers 202 and the work goes on. With `?dry_run=true` it only says
         *     which unit it would be now, and why.
         */
        post: operations["allocate_compute_units_allocate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/deallocate/{compute_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Deallocate
         * @description Ends the tenancy of a unit and answers at once; with `?wait=true` when the unit is free again.
         */
        delete: operations["deallocate_compute_units_deallocate__compute_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/{compute_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a compute unit
         * @description The unit with its limits, keys and directories: the one that is living, else its latest life.
         */
        get: operations["show_unit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/{compute_id}/allocations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the allocations of a compute unit
         * @description Its tenancies, the newest first; they are kept for ever.
         */
        get: operations["list_unit_allocations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/{compute_id}/attest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Attest a unit
         * @description Asks the kernel, promise by promise, whether it keeps what the unit should be, and answers with
         *     what it says. Nothing is changed, whatever comes out. Every allocation is followed by one.
         */
        post: operations["attest_unit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/{compute_id}/attestations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a unit's attestations
         * @description The newest first; those of ended tenancies too.
         */
        get: operations["list_unit_attestations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/{compute_id}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a unit's keys
         * @description Who may log in: the keys of the present tenancy; none when the unit is free.
         */
        get: operations["list_keys"];
        put?: never;
        /**
         * Add keys
         * @description Lets more people in while the unit runs. A key that is let in already stays as it is.
         */
        post: operations["add_keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/{compute_id}/keys/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a key
         * @description Lets the holder of a key in no more; sessions that are open stay. The last key stays as well.
         */
        delete: operations["remove_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/{compute_id}/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change limits
         * @description Changes what the tenancy may use while it runs. What is left out stays as it is.
         */
        patch: operations["change_limits"];
        trace?: never;
    };
    "/compute_units/{compute_id}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reset a unit
         * @description Ends and wipes everything of the tenant and hands the unit back to the same tenancy, empty. One
         *     that fails midway leaves the unit in quarantine.
         */
        post: operations["reset_unit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/{compute_id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a unit
         * @description Its processes run again where they stood, or its user manager is started anew; people may log
         *     in.
         */
        post: operations["start_unit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compute_units/{compute_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a unit
         * @description Ends its processes, or lets them stand still where they are. Nobody logs in until it is started;
         *     its files and its tenancy stay.
         */
        post: operations["stop_unit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Listen to events
         * @description Server-sent events, each with its kind as `event`, its number as `id` and an `EventView` as
         *     `data`: from now on, or from behind the event that the header `Last-Event-ID` or the parameter
         *     `since` names. Nothing is lost or sent twice across a reconnect, a restart or another control
         *     plane. Where events after that place are not kept any more, a message `gap` says so first:
         *     whoever keeps a picture of them looks anew.
         */
        get: operations["stream_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events
         * @description Those that are kept, the newest first, or those that match all filters given.
         */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Needs no token. 503 when the database does not answer.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs
         * @description The newest first, or those that match all filters given.
         */
        get: operations["list_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a job
         * @description How it stands, and its log.
         */
        get: operations["show_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a job back
         * @description At once where it waits, else when its present step is over: a server is never left in the middle
         *     of one. An allocation gives its unit back or has it emptied, a change is undone, an init leaves
         *     the server in `init_fail`. What ends a tenancy or returns a server goes on, and so does a reset
         *     that was begun.
         */
        post: operations["cancel_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Listen to a job
         * @description Server-sent events. `log`: a line of its log, a `LogLineView` with its number as `id`, from the
         *     first on, or from behind the one that the header `Last-Event-ID` names. `job`: how it stands, a
         *     `JobView`, at the beginning and whenever that changes, its progress too. `end`: the same when it
         *     is over, and the last message.
         */
        get: operations["stream_job"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a job again
         * @description One that waits for its next try is tried at once. What a failed or cancelled one was for is
         *     begun anew, by another job, as long as what it left is still as it left it. Whoever asks again is
         *     answered with that job, unless it failed too: then it is what is tried again.
         */
        post: operations["retry_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List servers
         * @description Every server that is not decommissioned, by name.
         */
        get: operations["list_servers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/servers/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Probe a server
         * @description Looks at a server: its host key, its facts, and what keeps it from being cut. With a layout it
         *     tells what an init would make of the server as well. Changes nothing on it and keeps nothing.
         */
        post: operations["probe_server"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/servers/{hostname}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a server
         * @description The server with its units and what it told of itself.
         */
        get: operations["show_server"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Edit a server
         * @description Says what is done about drift on it from now on: `report` tells it, `repair` puts it right by
         *     jobs as well, `off` does not look for it.
         */
        patch: operations["edit_server"];
        trace?: never;
    };
    "/servers/{hostname}/attest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Attest a server
         * @description The same for the server's own part: what holds for all its units, and for the host itself.
         */
        post: operations["attest_server"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/servers/{hostname}/attestations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a server's attestations
         * @description Those of its own part, the newest first.
         */
        get: operations["list_server_attestations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/servers/{hostname}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a server
         * @description Visits it now, as is done now and then by itself: compares it with what it should be, asks the
         *     kernel about its tenants' units, and answers with what was found. Changes nothing on it.
         */
        post: operations["check_server"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/servers/{hostname}/cordon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cordon a server
         * @description Nothing of it is handed out any more: its free units are `unavailable`. Tenancies go on.
         */
        post: operations["cordon_server"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/servers/{hostname}/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Examine a server
         * @description Looks at a server of ours and holds what it is by now against what its units need. Changes
         *     nothing on it.
         */
        get: operations["examine_server"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/servers/{hostname}/repair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Repair a server
         * @description Puts right what differed at the last visit: one job for each unit that differs, and one for the
         *     server's own part. Each says in its log what it changed.
         */
        post: operations["repair_server"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/servers/{hostname}/uncordon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Uncordon a server
         * @description It is back in placement. Its units are free when they were compared with what they should be,
         *     which is done at once.
         */
        post: operations["uncordon_server"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the session
         * @description Whether the caller is signed in, as whom, and until when.
         */
        get: operations["show_session"];
        put?: never;
        /**
         * Sign in
         * @description Gives a browser a session for a token: a cookie that its scripts cannot read and that works on
         *     every control plane of the database, for seven days. Calls that change something count with it
         *     only when they come from a page of the control plane itself.
         */
        post: operations["sign_in"];
        /**
         * Sign out
         * @description Ends the session of the cookie, on every control plane. A repeat is no error.
         */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description All of them, by name.
         */
        get: operations["list_webhooks"];
        put?: never;
        /**
         * Make a webhook
         * @description Events from now on are sent to it, each as a signed message, in their order, until it arrived
         *     or was given up. The answer shows the secret that its receiver verifies signatures with, this
         *     once.
         */
        post: operations["create_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a webhook */
        get: operations["show_webhook"];
        put?: never;
        post?: never;
        /**
         * Remove a webhook
         * @description With all messages to it, those that wait too.
         */
        delete: operations["remove_webhook"];
        options?: never;
        head?: never;
        /**
         * Edit a webhook
         * @description Messages that wait go to the new address, signed with the new secret.
         */
        patch: operations["edit_webhook"];
        trace?: never;
    };
    "/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List messages to a webhook
         * @description The newest first: how each stands, how its attempts went, and when it is tried next. So many of
         *     those that are over are kept.
         */
        get: operations["list_webhook_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/deliveries/{delivery}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a message again
         * @description Now, under its own id: one that waits before its time, any other once more. Answers with how that
         *     went.
         */
        post: operations["redeliver_webhook_delivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test a webhook
         * @description Sends a message of kind `test` once, past those that wait and also where the webhook is not
         *     enabled, and answers with how that went.
         */
        post: operations["test_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What an allocate is answered. */
        AllocateAnswer: components["schemas"]["ComputeUnitResponse"] | components["schemas"]["PlacementView"];
        /** @description One tenancy of a unit. */
        AllocationView: {
            /** @description Its id. */
            id: string;
            /** @description How it stands: `pending`, `active`, `ending`, `ended` or `failed`. */
            status: string;
            /** @description The job that made it. */
            job: string;
            /** @description What its tenant wrote on the unit; null when it gave null. */
            tags: Record<string, never> | null;
            /** @description The fingerprints of the keys that let its people in at last. */
            keys: string[];
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When its tenant could first log in.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended_at: string | null;
            /** @description Why it ended as it did, where there is more to say. */
            reason: string | null;
        };
        /** @description An amount, or `"none"`. */
        Amount: number | string;
        /** @description One try to deliver a message. */
        AttemptView: {
            /**
             * Format: int32
             * @description Which, from 1.
             */
            number: number;
            /**
             * Format: date-time
             * @description When it was begun.
             */
            at: string;
            /**
             * Format: int64
             * @description How long it took.
             */
            duration_ms: number;
            /**
             * Format: int32
             * @description The status of the answer, if there was one.
             */
            status_code: number | null;
            /** @description Why the message was not delivered; null when it was. */
            error: string | null;
            /** @description How the answer's body begins. */
            answer: string | null;
        };
        /** @description An attestation in short. */
        AttestationSummaryView: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            at: string;
            /** @description Whether nothing is broken. */
            holds: boolean;
            /** @description What is broken: promise and what was looked at. */
            broken: string[];
        };
        /** @description What the kernel says of what was promised, at one moment. */
        AttestationView: {
            /** @description Its id. */
            id: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            at: string;
            /** @description The tenancy that the unit was in; null when it was in none, and for a server's own part. */
            allocation_id: string | null;
            /** @description The unit's user, or `server`. */
            scope: string;
            /** @description The desired state that it was compared with. */
            generation: string;
            /** @description Whether nothing is broken. */
            holds: boolean;
            /** @description Every check made. */
            checks: components["schemas"]["CheckView"][];
        };
        /** @description A partition or logical volume. */
        BlockVolumeView: {
            /** @description Its kernel name, such as `vda1` or `dm-0`. */
            name: string;
            /** @description What it is: `partition` or `logical`. */
            kind: string;
            /** @description Its stable paths, by which it can be given to a unit; none when it has none. */
            paths: string[];
            /**
             * Format: int64
             * @description Its size in bytes.
             */
            size_bytes: number;
            /** @description What is on it, in words; empty when it is provably empty. */
            holds: string[];
        };
        /** @description Limits to be changed. */
        ChangeLimitsRequest: {
            /** @description Those that change; what is left out stays as it is. */
            limits: components["schemas"]["LimitsRequest"];
            /** @description Why, in one line. */
            reason?: string | null;
        };
        /** @description One promise, looked at in one way. */
        CheckView: {
            /** @description Which promise, such as `cpu` or `ports`. */
            promise: string;
            /** @description What was looked at, such as `cpuset.cpus.effective`. */
            check: string;
            /** @description What it should say. */
            wanted: string;
            /** @description What it says. */
            found: string;
            /** @description `kept`, `broken`, `degraded` or `not_promised`. */
            verdict: string;
            /** @description Where that was read, or what was tried. */
            evidence: string;
        };
        /** @description A compute unit with all that is known of it. */
        ComputeUnitDetail: components["schemas"]["ComputeUnitResponse"] & {
            /**
             * Format: int32
             * @description The number of its Unix user.
             */
            uid: number;
            /** @description Its directories. */
            directories: components["schemas"]["DirectoriesView"];
            volume: components["schemas"]["VolumeView"] | null;
            /** @description Whether its user manager runs while it is free. */
            warm: boolean;
            /** @description What it may use: what its tenancy runs with, else what it has by default. */
            limits: components["schemas"]["LimitsView"];
            /** @description What it may use by default. */
            default_limits: components["schemas"]["LimitsView"];
            /** @description Who may log in. */
            keys: components["schemas"]["KeyView"][];
            /**
             * Format: int32
             * @description How often the present tenancy was reset.
             */
            resets: number;
            /** @description What its server's operator declined of the measures for the whole server. */
            declined: string[];
            /** @description How new its desired state is. */
            generation: string;
        };
        /** @description A unit that is asked for. */
        ComputeUnitRequest: {
            /**
             * Format: int32
             * @description Exactly so many CPUs; null for any number.
             * @default 4
             */
            cpu_count?: number | null;
            /** @description In this region; null for any. */
            region?: string | null;
            /** @description In this zone; null for any. */
            zone?: string | null;
            /**
             * @description What to write on the unit: texts, whole numbers and lists of texts by name. Required; may
             *     be null.
             */
            tags: {
                [key: string]: components["schemas"]["TagValue"];
            } | null;
            /** @description Who may log in: one or more lines of OpenSSH public keys, without options. */
            ssh_public_key: string;
            limits?: components["schemas"]["LimitsRequest"] | null;
        };
        /** @description A compute unit. The first twelve fields are those of v0.2, in its order. */
        ComputeUnitResponse: {
            /** @description Its name, such as `host1_0-15`. */
            compute_id: string;
            /** @description Its server's name. */
            hostname: string;
            /** @description Its server's address. */
            ip: string;
            /** @description How many CPUs it has. */
            cpu_count: number;
            /** @description Its CPUs in their canonical spelling, such as `0-15`. */
            cpu_range: string;
            /** @description Its server's region. */
            region: string;
            /** @description Its server's zone. */
            zone: string;
            /** @description Where it is in its life, such as `free`. */
            status: string;
            /**
             * Format: date-time
             * @description When its present tenant could first log in (RFC 3339, UTC).
             */
            started_at: string | null;
            /** @description What its tenant wrote on it; empty when it is free, null when the tenant gave null. */
            tags: Record<string, never> | null;
            /** @description Every one of its CPUs, such as `0,1,2,3`. */
            cpu_list: string;
            /** @description Its ports, half-open: `2000-2200` is 2000 to 2199. */
            ports_range: string | null;
            /** @description The tenancy it is in; deallocate with it, and no other tenancy is hit. */
            allocation_id: string | null;
            /** @description The Unix user that its tenant logs in as. */
            user: string;
            /** @description Its NUMA memory nodes, such as `0`; null until its server told its topology. */
            memory_nodes: string | null;
            /** @description Why it is in quarantine or not as it should be, and what to do. */
            reason: string | null;
            /** @description Whether its tenant's processes run: `running`, `frozen` or `stopped`; null when it has none. */
            activity: string | null;
            attestation: components["schemas"]["AttestationSummaryView"] | null;
            /** @description What a person does about its quarantine; null when it is in none. */
            next_action: string | null;
        };
        /** @description One logical CPU. */
        CpuView: {
            /**
             * Format: int32
             * @description Its number.
             */
            id: number;
            /**
             * Format: int32
             * @description Its socket.
             */
            package: number;
            /**
             * Format: int32
             * @description Its NUMA node.
             */
            node: number;
            /**
             * Format: int32
             * @description Its core within the socket.
             */
            core: number;
            /** @description The CPUs of the same core, itself among them. */
            siblings: string;
            /** @description The CPUs that share its last-level cache; null where the kernel does not tell. */
            l3: string | null;
        };
        /** @description A message to a webhook. */
        DeliveryView: {
            /** @description Its id, which the receiver gets in the header `webhook-id`: the same in every attempt. */
            id: string;
            /** @description What it tells: the kind of an event, `gap` or `test`. */
            kind: string;
            /**
             * Format: int64
             * @description The number of the event that it tells.
             */
            event: number | null;
            /** @description How it stands: `waiting`, `delivered` or `failed`. */
            status: string;
            /**
             * Format: date-time
             * @description When it was written.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it is sent next, while it waits.
             */
            next_attempt_at: string | null;
            /**
             * Format: date-time
             * @description When it was delivered or given up.
             */
            ended_at: string | null;
            /**
             * Format: int32
             * @description How often it was sent.
             */
            attempts: number;
            /**
             * Format: int32
             * @description How often it is sent at most from now on.
             */
            attempts_left: number;
            /**
             * Format: int32
             * @description The status of the last answer.
             */
            status_code: number | null;
            /**
             * Format: int64
             * @description How long the last attempt took.
             */
            duration_ms: number | null;
            /** @description Why the last attempt failed. */
            error: string | null;
            /** @description What is sent, word for word. */
            body: string;
            /** @description The attempts that are kept, the latest last. */
            history: components["schemas"]["AttemptView"][];
        };
        /** @description Why a call was not answered with what it asked for. */
        Detail: {
            /** @description One sentence. */
            detail: string;
        };
        /** @description Where a unit's files are. */
        DirectoriesView: {
            /** @description Its user's home. */
            home: string;
            /** @description For its programs. */
            opt: string;
            /** @description For its data. */
            mnt: string;
        };
        /** @description One disk. */
        DiskView: {
            /** @description Its kernel name, such as `vda`. */
            name: string;
            /** @description Its stable paths under `/dev/disk/by-id`. */
            by_id: string[];
            /**
             * Format: int64
             * @description Its size in bytes.
             */
            size_bytes: number;
            /** @description Its model, where it tells. */
            model: string | null;
            /** @description Its serial number, where it tells. */
            serial: string | null;
            /** @description Whether it spins. */
            rotational: boolean;
            /** @description What is on it, in words; empty when it is provably empty. */
            holds: string[];
        };
        /** @description One difference between what should be on a server and what is. */
        DriftView: {
            /** @description The unit that differs; null for the server's own part. */
            compute_id: string | null;
            /** @description Which of its parts, such as `account`. */
            resource: string;
            /** @description What would put it right. */
            change: string;
            /**
             * Format: date-time
             * @description Since when it is known.
             */
            since: string;
        };
        /** @description Something that happened. */
        EventView: {
            /**
             * Format: int64
             * @description Its number: later events have greater ones, also across restores of the database.
             */
            id: number;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What, such as `unit_status` or `job_failed`. */
            kind: string;
            /** @description The server it happened on. */
            hostname: string | null;
            /** @description The unit it happened to. */
            compute_id: string | null;
            /** @description The job it is about, or that did it. */
            job: string | null;
            /** @description The state or health before, where one became another. */
            was: string | null;
            /** @description The one since. */
            became: string | null;
            /** @description One sentence. */
            detail: string;
        };
        /** @description What a look at a server of ours saw. Nothing was changed. */
        ExaminationView: {
            /** @description What is wrong with it; none when nothing is. */
            findings: components["schemas"]["FindingView"][];
            /** @description What the server is by now. */
            facts: components["schemas"]["FactsView"];
        };
        /** @description What a server is. */
        FactsView: {
            /** @description Whether it is no machine but a simulated one. */
            simulated: boolean;
            /** @description Its own idea of its name. */
            hostname: string;
            /** @description Its architecture, such as `x86_64`. */
            arch: string;
            /** @description Its kernel's release. */
            kernel: string;
            /** @description Its distribution. */
            os: string;
            /**
             * Format: int32
             * @description The version of its systemd.
             */
            systemd: number;
            /** @description The version of its OpenSSH, such as `10.0`; null when it has another SSH daemon. */
            openssh: string | null;
            /**
             * Format: int64
             * @description All its memory, in bytes.
             */
            memory_bytes: number;
            /** @description Its CPUs that are online, such as `0-63`. */
            cpu_range: string | null;
            /** @description Each of these CPUs. */
            cpus: components["schemas"]["CpuView"][];
            /** @description Its NUMA nodes. */
            numa_nodes: components["schemas"]["NodeView"][];
            /** @description Its whole disks. */
            disks: components["schemas"]["DiskView"][];
            /** @description Its partitions and logical volumes. */
            volumes: components["schemas"]["BlockVolumeView"][];
            /** @description Its mounted file systems. */
            filesystems: components["schemas"]["FilesystemView"][];
            /** @description The ports that something on it uses. */
            listening_ports: number[];
            /** @description Whether something of Kloigos was on it. */
            initialised: boolean;
        };
        /** @description One mounted file system. */
        FilesystemView: {
            /** @description Where it is mounted. */
            mount: string;
            /** @description What is mounted. */
            source: string;
            /** @description Its type, such as `ext4`. */
            kind: string;
            /**
             * Format: int64
             * @description Its size in bytes.
             */
            size_bytes: number;
            /**
             * Format: int64
             * @description What an ordinary user can still write, in bytes.
             */
            available_bytes: number;
            /** @description Its user quotas: `enforced`, `accounted`, `off` or `unsupported`. */
            user_quota: string;
        };
        /** @description Something that is not as it should be, and what to do about it. */
        FindingView: {
            /**
             * @description What it means: `refuses` (units cannot be made), `degrades` (something holds less than it
             *     could) or `notes`.
             */
            severity: string;
            /** @description What is missing or in the way. */
            fault: string;
            /** @description What to do. */
            fix: string;
        };
        /** @description A request that is not sound: every fault, in the order of the fields. */
        HTTPValidationError: {
            /** @description The faults. */
            detail: components["schemas"]["ValidationError"][];
        };
        /** @description An account that somebody confined to CPUs by hand. */
        HandCutView: {
            /** @description Its name. */
            account: string;
            /**
             * Format: int32
             * @description Its number.
             */
            uid: number;
            /** @description The CPUs that its user slice is held to, in their canonical spelling. */
            cpu_range: string;
            /** @description How many these are. */
            cpu_count: number;
            /** @description Its home directory. */
            home: string;
            /** @description How many processes it has. */
            processes: number;
            /** @description The public keys that may log in as it, as a tenant may have them. */
            keys: string[];
            /**
             * @description How many further lines of its `authorized_keys` are no such keys: with options, too weak,
             *     or damaged.
             */
            other_keys: number;
        };
        /** @description How the control plane stands. */
        HealthView: {
            /** @description `ok`, or `degraded` when the database does not answer. */
            status: string;
            /** @description The version of this program. */
            version: string;
            /** @description Whether its servers are simulated ones. */
            simulated: boolean;
            /**
             * @description Whether it has the `kloigos-host` that its servers need; without it no server can be cut.
             *     Simulated servers need none.
             */
            host_binary: boolean;
            /** @description Whether the database answers. */
            store: boolean;
            /** @description How many jobs it works on now. */
            jobs_running: number;
        };
        /** @description A server to be cut into compute units. */
        InitServerRequest: {
            /** @description Its address, IPv4 or IPv6. */
            ip: string;
            /** @description Its region. */
            region: string;
            /** @description Its zone. */
            zone: string;
            /** @description Its name: letters, digits and hyphens, in labels joined by dots. */
            hostname: string;
            /** @description The CPUs of each unit, such as `0-15`, `0-7:2` or `0-3,64-67`. */
            cpu_ranges: string[];
            /**
             * Format: int32
             * @description The port of its SSH daemon.
             * @default 22
             */
            ssh_port?: number | null;
            /** @description The login, root or one with passwordless sudo; null for the control plane's setting. */
            ssh_user?: string | null;
            /** @description The host key that it must show, as an OpenSSH public key. */
            host_key?: string | null;
            /**
             * Format: int32
             * @description The first port of its first unit.
             * @default 2000
             */
            first_port?: number | null;
            /**
             * Format: int32
             * @description How many ports each unit has.
             * @default 200
             */
            port_step?: number | null;
            /**
             * Format: int32
             * @description The uid of its first unit's user.
             * @default 70001
             */
            first_uid?: number | null;
            /**
             * @description Whether the user managers of free units run, so that a login is quicker.
             * @default true
             */
            warm?: boolean | null;
            limits?: components["schemas"]["LimitsRequest"] | null;
            /**
             * @description What Kloigos should not do on the server as a whole: `private_tmp`, `hide_processes`,
             *     `guard_cron`, `block_protocols`. What is declined is attested as not promised.
             */
            decline?: string[] | null;
            /**
             * @description Whether everything of the host that is no unit is confined to the CPUs of no unit.
             * @default false
             */
            confine_host?: boolean | null;
            /** @description Block devices that units have to themselves, for their `/mnt` directories. */
            volumes?: components["schemas"]["VolumeRequest"][] | null;
        };
        /** @description A job with its log. */
        JobDetailView: components["schemas"]["JobView"] & {
            /** @description Its log, oldest first. */
            log: components["schemas"]["LogLineView"][];
        };
        /** @description Work on a server. */
        JobView: {
            /** @description Its id, as in the header `Kloigos-Job`. */
            id: string;
            /**
             * @description What it does: `initializing`, `decommissioning`, `allocating`, `deallocating`, `changing`,
             *     `attesting` or `repairing`.
             */
            kind: string;
            /** @description How it stands: `queued`, `running`, `succeeded`, `failed` or `cancelled`. */
            status: string;
            /** @description The server it works on. */
            hostname: string | null;
            /** @description The unit it works on; null for work on a whole server. */
            compute_id: string | null;
            /** @description The step it is at. */
            step: string;
            /**
             * Format: int32
             * @description How often it was taken up.
             */
            attempts: number;
            /** @description What hindered it last, or why it failed or was taken back. */
            reason: string | null;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was taken up first.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended_at: string | null;
            /**
             * Format: date-time
             * @description When it is tried next, while it waits for that.
             */
            next_at: string | null;
            /**
             * Format: int32
             * @description How often its step failed in a row.
             */
            tries: number;
            progress: components["schemas"]["ProgressView"] | null;
            /**
             * Format: date-time
             * @description Since when it is to be taken back, which it is when its step is over.
             */
            cancel_at: string | null;
            /** @description Whether it can be taken back. */
            can_cancel: boolean;
            /** @description Whether it can be tried again: at once where it waits, else as another job. */
            can_retry: boolean;
            /** @description The job that it is another try of. */
            retry_of: string | null;
            /** @description What a person should do next about it, if anything. */
            next_action: string | null;
        };
        /** @description A key that lets its holder log in. */
        KeyView: {
            /** @description Its fingerprint, as `ssh-keygen -l` prints it. */
            fingerprint: string;
            /** @description Its type, such as `ssh-ed25519`. */
            type: string;
            /** @description Its comment; empty when it has none. */
            comment: string;
        };
        /** @description Keys to be let in. */
        KeysRequest: {
            /** @description One or more lines of OpenSSH public keys, without options. */
            ssh_public_key: string;
            /** @description Why, in one line. */
            reason?: string | null;
        };
        /** @description A layout that is thought of: one of `cpu_ranges`, `split` and `by`. */
        LayoutRequest: {
            /** @description The CPUs of each unit, such as `0-15`, `0-7:2` or `0-3,64-67`. */
            cpu_ranges?: string[] | null;
            /**
             * Format: int32
             * @description Into how many units with equally many whole cores.
             */
            split?: number | null;
            /** @description A unit for each of these: `numa`, `l3` or `core`. */
            by?: string | null;
            /**
             * Format: int32
             * @description How many CPUs at least stay with the host, in whole cores, where `split` or `by` cuts; an
             *     eighth and at most four when it is left out.
             */
            housekeeping?: number | null;
            /**
             * Format: int32
             * @description The first port of its first unit.
             * @default 2000
             */
            first_port?: number | null;
            /**
             * Format: int32
             * @description How many ports each unit has.
             * @default 200
             */
            port_step?: number | null;
            /**
             * Format: int32
             * @description The uid of its first unit's user.
             * @default 70001
             */
            first_uid?: number | null;
        };
        /** @description What an init would make. */
        LayoutView: {
            /** @description The CPUs of no unit; null when there are none. */
            housekeeping_cpus: string | null;
            /** @description The units, in order. */
            units: components["schemas"]["PlannedUnitView"][];
        };
        /**
         * @description What a unit may use. A limit that is left out stays as it is by default; null or `"none"` is no
         *     limit. Amounts are whole numbers, or texts with K, M, G or T for powers of 1024 (`"4G"`).
         */
        LimitsRequest: {
            memory_max?: components["schemas"]["Amount"] | null;
            memory_high?: components["schemas"]["Amount"] | null;
            swap_max?: components["schemas"]["Amount"] | null;
            tasks_max?: components["schemas"]["Amount"] | null;
            io_weight?: components["schemas"]["Amount"] | null;
            io_read_bytes?: components["schemas"]["Amount"] | null;
            io_write_bytes?: components["schemas"]["Amount"] | null;
            disk_bytes?: components["schemas"]["Amount"] | null;
            disk_inodes?: components["schemas"]["Amount"] | null;
        };
        /** @description What a unit may use; null is no limit. */
        LimitsView: {
            /**
             * Format: int64
             * @description The most memory, in bytes.
             */
            memory_max: number | null;
            /**
             * Format: int64
             * @description From how much memory on, in bytes, it is slowed and reclaimed from.
             */
            memory_high: number | null;
            /**
             * Format: int64
             * @description The most swap, in bytes.
             */
            swap_max: number | null;
            /**
             * Format: int64
             * @description The most tasks.
             */
            tasks_max: number | null;
            /**
             * Format: int32
             * @description Its share of busy disks; null for the kernel's 100.
             */
            io_weight: number | null;
            /**
             * Format: int64
             * @description The most bytes a second read from each disk.
             */
            io_read_bytes: number | null;
            /**
             * Format: int64
             * @description The most bytes a second written to each disk.
             */
            io_write_bytes: number | null;
            /**
             * Format: int64
             * @description The most bytes stored on each file system that it can write to.
             */
            disk_bytes: number | null;
            /**
             * Format: int64
             * @description The most files and directories on each of them.
             */
            disk_inodes: number | null;
        };
        /** @description A name, or a place in a list or text. */
        LocationPart: string | number;
        /** @description One line of a job's log. */
        LogLineView: {
            /**
             * Format: int64
             * @description Its number within the job, from 1.
             */
            seq: number;
            /**
             * Format: date-time
             * @description When it was written.
             */
            at: string;
            /** @description What it says. */
            line: string;
            /** @description The step that said it; null for lines of earlier versions. */
            step: string | null;
            /**
             * Format: int32
             * @description The how manieth time the job was taken up then; 0 before the first.
             */
            attempt: number | null;
        };
        /** @description One NUMA node. */
        NodeView: {
            /**
             * Format: int32
             * @description Its number.
             */
            id: number;
            /** @description Its CPUs; null for a node of memory alone. */
            cpu_range: string | null;
            /**
             * Format: int64
             * @description Its memory in bytes.
             */
            memory_bytes: number;
            /** @description The distance to every node, in their order (10 is itself). */
            distances: number[];
        };
        /** @description A server without a unit for a request. */
        PassedOverView: {
            /** @description Its name. */
            hostname: string;
            /** @description Why. */
            reason: string;
        };
        /** @description The unit that an allocate would get now. */
        PlacementView: {
            /** @description The unit as it is now, free. */
            unit: components["schemas"]["ComputeUnitResponse"];
            /** @description What it would run with. */
            limits: components["schemas"]["LimitsView"];
            /** @description Why this unit and no other, one sentence each. */
            reasons: string[];
            /** @description Servers that have no unit for it. */
            passed_over: components["schemas"]["PassedOverView"][];
        };
        /** @description A unit that an init would make. */
        PlannedUnitView: {
            /** @description Its CPUs, as one of an init's `cpu_ranges`. */
            cpu_range: string;
            /** @description How many these are. */
            cpu_count: number;
            /** @description The NUMA nodes of its memory; null when it has CPUs that are not there. */
            memory_nodes: string | null;
            /** @description Its Unix user. */
            user: string;
            /** @description Its ports, half-open. */
            ports_range: string;
            /**
             * Format: int64
             * @description The memory that it may use unless something else is asked for, in bytes.
             */
            memory_max: number | null;
            /**
             * Format: int64
             * @description What it may store, in bytes; null where no quota is enforced.
             */
            disk_bytes: number | null;
        };
        /** @description A server to be looked at. */
        ProbeRequest: {
            /** @description Its address, IPv4 or IPv6. */
            ip: string;
            /**
             * Format: int32
             * @description The port of its SSH daemon.
             * @default 22
             */
            ssh_port?: number | null;
            /** @description The login, root or one with passwordless sudo; null for the control plane's setting. */
            ssh_user?: string | null;
            /** @description The host key that it must show, as an OpenSSH public key. */
            host_key?: string | null;
            layout?: components["schemas"]["LayoutRequest"] | null;
        };
        /** @description What a probe saw. Nothing was changed, and nothing of it is kept. */
        ProbeView: {
            /** @description The host key that the server proved to have: give it as `host_key` to the init. */
            host_key: string;
            /** @description Its fingerprint, as `ssh-keygen -l` prints it. */
            host_key_fingerprint: string;
            /** @description What keeps it from being cut, or makes it hold less; none when nothing does. */
            findings: components["schemas"]["FindingView"][];
            layout: components["schemas"]["LayoutView"] | null;
            /** @description Accounts that somebody confined to CPUs by hand, as if they were units. */
            cut_by_hand: components["schemas"]["HandCutView"][];
            /** @description What the server is. */
            facts: components["schemas"]["FactsView"];
        };
        /** @description How far a step is. */
        ProgressView: {
            /**
             * Format: int32
             * @description How many things are as they should be.
             */
            done: number;
            /**
             * Format: int32
             * @description Of how many.
             */
            of: number;
            /**
             * Format: int32
             * @description The same of a hundred.
             */
            percent: number;
            /** @description Which one is in work, such as `u0-15 account`. */
            what: string;
        };
        /** @description Why something is done. */
        ReasonRequest: {
            /** @description Why, in one line. */
            reason?: string | null;
        };
        /** @description A server with all that is known of it. */
        ServerDetailView: components["schemas"]["ServerView"] & {
            /** @description Its units, by CPU. */
            units: components["schemas"]["ComputeUnitResponse"][];
            facts: components["schemas"]["FactsView"] | null;
            /** @description How it differed from what it should be at the last visit. */
            drift: components["schemas"]["DriftView"][];
        };
        /** @description What is edited of a server. */
        ServerRequest: {
            /** @description What is done about drift on it: `report`, `repair` or `off`. */
            mode: string;
            /** @description Why, in one line. */
            reason?: string | null;
        };
        /** @description A server. */
        ServerView: {
            /** @description Its name. */
            hostname: string;
            /** @description Its address. */
            ip: string;
            /**
             * Format: int32
             * @description The port of its SSH daemon.
             */
            ssh_port: number;
            /** @description The login; null for the control plane's setting. */
            ssh_user: string | null;
            /** @description Its region. */
            region: string;
            /** @description Its zone. */
            zone: string;
            /** @description Where it is in its life, such as `ready`. */
            status: string;
            /** @description Why it is as it is, and what to do; after a failure. */
            reason: string | null;
            /** @description What a person does about that; after a failure. */
            next_action: string | null;
            /** @description How it was at the last visit: `healthy`, `degraded`, `unreachable` or `unknown`. */
            health: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            health_since: string;
            /** @description Why. */
            health_reason: string | null;
            /** @description What is done about drift on it: `report`, `repair` or `off`. */
            mode: string;
            /**
             * Format: date-time
             * @description When it was looked at as a whole last, and compared with what it should be.
             */
            visited_at: string | null;
            /**
             * Format: int32
             * @description In how many ways it differed then.
             */
            drift_count: number;
            /** @description The host key that is pinned for its address. */
            host_key: string | null;
            /** @description That key's fingerprint, as `ssh-keygen -l` prints it. */
            host_key_fingerprint: string | null;
            /**
             * @description The CPUs of no unit, such as `60-63`; null until it told its topology, or when there are
             *     none.
             */
            housekeeping_cpus: string | null;
            /** @description Whether everything of the host that is no unit is confined to these. */
            confine_host: boolean;
            /** @description What the operator declined of the measures for the whole server. */
            declined: string[];
            /** @description How many of its units are in which state. */
            unit_counts: {
                [key: string]: number;
            };
            /**
             * Format: date-time
             * @description When its init was asked for.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was decommissioned.
             */
            ended_at: string | null;
        };
        /** @description Who calls, and until when. */
        SessionView: {
            /** @description Whether the caller may do anything else. */
            signed_in: boolean;
            /** @description What the token is called; null where calls need none, and for nobody. */
            name: string | null;
            /**
             * Format: date-time
             * @description When the session is over; null when the caller has none.
             */
            expires_at: string | null;
        };
        /** @description Who signs in. */
        SignInRequest: {
            /** @description The token, as the first start printed it. */
            token: string;
        };
        /** @description How a unit is stopped. */
        StopRequest: {
            /**
             * @description `stop` ends its processes, `freeze` lets them stand still where they are.
             * @default stop
             */
            mode?: string | null;
            /** @description Why, in one line. */
            reason?: string | null;
        };
        /** @description What a tag holds. */
        TagValue: string | number | string[];
        /** @description One fault of a request. */
        ValidationError: {
            /** @description Where it is: `body`, `query` or `header`, then names and places within. */
            loc: components["schemas"]["LocationPart"][];
            /** @description What is wrong, for people. */
            msg: string;
            /** @description What is wrong, for programs. */
            type: string;
        };
        /** @description A block device for one unit. */
        VolumeRequest: {
            /** @description The unit's CPUs, as one of `cpu_ranges`. */
            cpu_range: string;
            /** @description The stable path of a disk, partition or logical volume, such as `/dev/disk/by-id/…`. */
            path: string;
            /**
             * @description Whether what is on it may be destroyed; otherwise it must be provably empty.
             * @default false
             */
            wipe?: boolean | null;
        };
        /** @description A block device that a unit has to itself. */
        VolumeView: {
            /** @description Its stable path. */
            path: string;
            /** @description Whether what was on it might be destroyed. */
            wipe: boolean;
        };
        /** @description What is edited of a webhook; what is left out stays as it is. */
        WebhookChangeRequest: {
            /** @description What people call it. */
            name?: string | null;
            /** @description Where its messages go, those that wait too. */
            url?: string | null;
            /** @description The kinds of events it is told of from now on. None and null mean all. */
            kinds?: string[] | null;
            /** @description Whether it is told of events. */
            enabled?: boolean | null;
            /**
             * @description Draws a new secret, which the answer shows. The old one counts no more.
             * @default false
             */
            new_secret?: boolean | null;
            /** @description Why, in one line. */
            reason?: string | null;
        };
        /** @description A webhook to be made. */
        WebhookRequest: {
            /**
             * @description What people call it: letters, digits, dots, hyphens and underscores. No two have the same.
             * @example chat
             */
            name: string;
            /**
             * @description Where its messages go, by `http` or `https`.
             * @example https://hooks.example.org/kloigos
             */
            url: string;
            /** @description The kinds of events it is told of, such as `unit_status`. None means all. */
            kinds?: string[] | null;
            /**
             * @description Whether it is told of events.
             * @default true
             */
            enabled?: boolean | null;
            /** @description Why, in one line. */
            reason?: string | null;
        };
        /** @description A receiver of events. */
        WebhookView: {
            /** @description Its id. */
            id: string;
            /** @description What people call it. */
            name: string;
            /** @description Where its messages go. */
            url: string;
            /** @description The kinds of events it is told of; none means all. */
            kinds: string[];
            /** @description Whether it is told of events. One that is not keeps its place among them. */
            enabled: boolean;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: int64
             * @description The last event that was looked at for it.
             */
            place: number;
            waiting: components["schemas"]["DeliveryView"] | null;
            /** @description Why messages do not arrive now, if so. */
            problem: string | null;
            /**
             * @description What its messages are signed with: only in the answer to the call that drew it, and never
             *     again.
             */
            secret: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    decommission_server_admin_decommission_server__hostname__delete: {
        parameters: {
            query?: {
                /** @description Whether units that are allocated are deallocated first. Without it they are a 409. */
                force?: boolean;
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: {
                /** @description A repeat with the same key within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The server's name. */
                hostname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Waited for, and not done yet; `Location` names the job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such server. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Units are allocated; `?force=true` deallocates them first. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Waited for, and failed; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    init_server_admin_init_server_post: {
        parameters: {
            query?: {
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: {
                /** @description A repeat with the same key and body within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InitServerRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Waited for, and not done yet; `Location` names the job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The server has units in use, or its name or address is another's. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Waited for, and failed; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    list_servers_compute_units__get: {
        parameters: {
            query?: {
                /** @description The unit of this name. */
                compute_id?: string;
                /** @description Those of the server of this name. */
                hostname?: string;
                /** @description Those in this region. */
                region?: string;
                /** @description Those in this zone. */
                zone?: string;
                /** @description Those with exactly so many CPUs. */
                cpu_count?: number;
                /** @description Those whose tag `deployment_id` is this. */
                deployment_id?: string;
                /** @description Those in this state, written in any case. Without it, all but `decommissioned`. */
                status?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComputeUnitResponse"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    allocate_compute_units_allocate_post: {
        parameters: {
            query?: {
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
                /** @description Only says which unit it would be now, and why; nothing is reserved. */
                dry_run?: boolean;
            };
            header?: {
                /** @description A repeat with the same key and body within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
                /** @description `respond-async`: do not wait. */
                Prefer?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ComputeUnitRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllocateAnswer"];
                };
            };
            /** @description The work goes on; `Location` names its job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description No free unit matches; the detail says why, for each server. */
            460: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description No server could be made ready; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    deallocate_compute_units_deallocate__compute_id__delete: {
        parameters: {
            query?: {
                /** @description The tenancy that is meant: 412 when the unit is another's by now. */
                allocation_id?: string;
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: {
                /** @description A repeat with the same key within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Waited for, and not done yet; `Location` names the job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is in no state to be deallocated, such as `free`. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is another tenancy's by now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Waited for, and failed; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    show_unit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComputeUnitDetail"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    list_unit_allocations: {
        parameters: {
            query?: {
                /** @description At most so many, the newest first. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllocationView"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    attest_unit: {
        parameters: {
            query?: {
                /** @description The tenancy that is meant: 412 when the unit is another's by now. */
                allocation_id?: string;
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: {
                /** @description A repeat with the same key and body within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReasonRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttestationView"];
                };
            };
            /** @description The work goes on; `Location` names its job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is neither free nor allocated. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is another tenancy's by now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description The server could not be asked; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    list_unit_attestations: {
        parameters: {
            query?: {
                /** @description At most so many, the newest first. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttestationView"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyView"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    add_keys: {
        parameters: {
            query?: {
                /** @description The tenancy that is meant: 412 when the unit is another's by now. */
                allocation_id?: string;
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: {
                /** @description A repeat with the same key and body within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeysRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Waited for, and not done yet; `Location` names the job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is not allocated, or would have too many keys. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is another tenancy's by now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Waited for, and failed; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    remove_key: {
        parameters: {
            query?: {
                /** @description The tenancy that is meant: 412 when the unit is another's by now. */
                allocation_id?: string;
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
                /** @description Why, in one line. */
                reason?: string;
            };
            header?: {
                /** @description A repeat with the same key within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
                /** @description The key's fingerprint, such as `SHA256:…`; a slash in it may be sent as it is or as `%2F`. */
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Waited for, and not done yet; `Location` names the job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit, or no such key of it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is not allocated, or this is its last key. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is another tenancy's by now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Waited for, and failed; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    change_limits: {
        parameters: {
            query?: {
                /** @description The tenancy that is meant: 412 when the unit is another's by now. */
                allocation_id?: string;
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: {
                /** @description A repeat with the same key and body within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeLimitsRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Waited for, and not done yet; `Location` names the job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is not allocated. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is another tenancy's by now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Waited for, and failed; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    reset_unit: {
        parameters: {
            query?: {
                /** @description The tenancy that is meant: 412 when the unit is another's by now. */
                allocation_id?: string;
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: {
                /** @description A repeat with the same key and body within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReasonRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Waited for, and not done yet; `Location` names the job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is not allocated. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is another tenancy's by now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Waited for, and failed; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    start_unit: {
        parameters: {
            query?: {
                /** @description The tenancy that is meant: 412 when the unit is another's by now. */
                allocation_id?: string;
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: {
                /** @description A repeat with the same key and body within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReasonRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Waited for, and not done yet; `Location` names the job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is not allocated. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is another tenancy's by now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Waited for, and failed; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    stop_unit: {
        parameters: {
            query?: {
                /** @description The tenancy that is meant: 412 when the unit is another's by now. */
                allocation_id?: string;
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: {
                /** @description A repeat with the same key and body within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The unit's name, such as `host1_0-15`. */
                compute_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StopRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Waited for, and not done yet; `Location` names the job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such unit. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is not allocated, or is to be frozen and stopped already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is another tenancy's by now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Waited for, and failed; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    stream_events: {
        parameters: {
            query?: {
                /**
                 * @description Those of one of these kinds, separated by commas.
                 * @example unit_status,server_status
                 */
                kind?: string;
                /** @description Those on the server of this name. */
                hostname?: string;
                /** @description Those to the unit of this name. */
                compute_id?: string;
                /** @description Those about this job, or done by it. */
                job?: string;
                /** @description Those after the event with this id, or those of this time (RFC 3339) and later. */
                since?: string;
            };
            header?: {
                /** @description The last event that was heard; browsers send it by themselves. */
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages without end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["EventView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    list_events: {
        parameters: {
            query?: {
                /**
                 * @description Those of one of these kinds, separated by commas.
                 * @example unit_status,server_status
                 */
                kind?: string;
                /** @description Those on the server of this name. */
                hostname?: string;
                /** @description Those to the unit of this name. */
                compute_id?: string;
                /** @description Those about this job, or done by it. */
                job?: string;
                /** @description Those after the event with this id, or those of this time (RFC 3339) and later. */
                since?: string;
                /** @description Those before the event with this id: the next page. */
                before?: number;
                /** @description At most so many, the newest first. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventView"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
            /** @description The database does not answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /**
                 * @description Those that do one of these, separated by commas: `initializing`, `decommissioning`,
                 *     `allocating`, `deallocating`, `changing`, `attesting` or `repairing`.
                 */
                kind?: string;
                /**
                 * @description Those that stand in one of these ways, separated by commas: `queued`, `running`,
                 *     `succeeded`, `failed` or `cancelled`.
                 */
                status?: string;
                /** @description Those on the server of this name. */
                hostname?: string;
                /** @description Those on the unit of this name. */
                compute_id?: string;
                /** @description Those that were begun before the job with this id: the next page. */
                before?: string;
                /** @description At most so many, the newest first. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    show_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's id, as in the header `Kloigos-Job`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDetailView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such job. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    cancel_job: {
        parameters: {
            query?: {
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: never;
            path: {
                /** @description The job's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReasonRequest"] | null;
            };
        };
        responses: {
            /** @description It is being taken back, or is by now: its `status` tells. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such job. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description It is over, or cannot be taken back. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    stream_job: {
        parameters: {
            query?: never;
            header?: {
                /** @description The last line that was heard; browsers send it by themselves. */
                "Last-Event-ID"?: string | null;
            };
            path: {
                /** @description The job's id, as in the header `Kloigos-Job`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages until the job is over. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LogLineView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such job. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    retry_job: {
        parameters: {
            query?: {
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: never;
            path: {
                /** @description The job's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReasonRequest"] | null;
            };
        };
        responses: {
            /** @description The job that does it: the same one, or another with `retry_of`. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such job. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description It is at work, did what it was for, or is settled otherwise. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The unit is another tenancy's by now. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description No free unit matches what the job was to allocate. */
            460: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    list_servers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerView"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    probe_server: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProbeRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The server cannot be looked at, or not be cut so; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    show_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The server's name. */
                hostname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerDetailView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such server. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    edit_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The server's name. */
                hostname: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ServerRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerDetailView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such server. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    attest_server: {
        parameters: {
            query?: {
                /** @description Whether the answer waits for the work to end. */
                wait?: boolean;
            };
            header?: {
                /** @description A repeat with the same key and body within 24 hours is answered by the first one's job. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /** @description The server's name. */
                hostname: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReasonRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttestationView"];
                };
            };
            /** @description The work goes on; `Location` names its job. */
            202: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such server. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The server is not ready. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description The server could not be asked; the detail names the job. */
            470: {
                headers: {
                    /** @description The job that does the work. */
                    "Kloigos-Job"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    list_server_attestations: {
        parameters: {
            query?: {
                /** @description At most so many, the newest first. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The server's name. */
                hostname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttestationView"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such server. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    check_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The server's name. */
                hostname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerDetailView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such server. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The server is neither ready nor cordoned. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    cordon_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The server's name. */
                hostname: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReasonRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerDetailView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such server. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The server is not ready. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    examine_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The server's name. */
                hostname: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExaminationView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such server. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The server cannot be looked at; the detail says why. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    repair_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The server's name. */
                hostname: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReasonRequest"] | null;
            };
        };
        responses: {
            /** @description The jobs; none when nothing differed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobView"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such server. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The server is neither ready nor cordoned. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    uncordon_server: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The server's name. */
                hostname: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReasonRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerDetailView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such server. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The server is neither cordoned nor ready. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    show_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description Signed in; `Set-Cookie` has the session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            /** @description The token is not known. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description A page of another site asks. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description A page of another site asks. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    create_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is another webhook of this name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    show_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The webhook's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    remove_webhook: {
        parameters: {
            query?: {
                /** @description Why, in one line. */
                reason?: string;
            };
            header?: never;
            path: {
                /** @description The webhook's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    edit_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The webhook's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookChangeRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is another webhook of this name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    list_webhook_deliveries: {
        parameters: {
            query?: {
                /** @description Those before the message with this id: the next page. */
                before?: string;
                /** @description At most so many, the newest first. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The webhook's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"][];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    redeliver_webhook_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The webhook's id. */
                id: string;
                /** @description The message's id. */
                delivery: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message after the attempt. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such message. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description This control plane cannot open the webhook's secret. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
    test_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The webhook's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message, delivered or failed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
            /** @description No token, or an unknown one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description This control plane cannot open its secret. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description A fault of the control plane. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description The database is busy, or there is no kloigos-host to put on servers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
        };
    };
}
