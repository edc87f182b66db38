// Made by `npm run types` from tests/cases/openapi.json. Do not edit.

export interface paths {
    "/api/v1/comparisons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts a comparison of strategies into the queue: each is simulated on the same random days, so often as asked. All
         *     errors show at once and nothing is queued. Its results come as those of a run.
         */
        post: operations["start_comparison"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The list of all runs, now and whenever it changes. */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says how a file is read: its format, its first rows, which column is taken for what, what it holds, what was assumed, and
         *     what is wrong. Nothing is written.
         */
        post: operations["read_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts a file beside a scenario, as the table that `import` makes of it or as it is, with the mapping where it has one; and says
         *     which lines of the scenario use it. Nothing is put over a file that is there, and the scenario is not changed.
         */
        post: operations["use_file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/land": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The coast around a box, to draw a map on: rings of longitude and latitude by turns, degrees, to be filled even-odd. */
        get: operations["land"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plugins/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Puts a plugin into the folder `plugins`, where the server was started with `--allow-plugins`. */
        put: operations["put_plugin"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All runs of the folder. */
        get: operations["list_runs"];
        put?: never;
        /** Puts a run into the queue. All errors of the scenario show at once and nothing is queued. */
        post: operations["start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a run stands. */
        get: operations["run_state"];
        put?: never;
        post?: never;
        /** Forgets a run that failed or was interrupted, with what it left behind. */
        delete: operations["delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels a run that waits or goes on; nothing of it is kept. */
        post: operations["cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The states of a run, from the present one (or the one after `Last-Event-ID`) to its end. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a comparison early and keeps the replications that are finished. */
        post: operations["finish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the report shows of a finished run. Where a sensitivity of the same scenario lies beside it, that says which doubtful
         *     numbers decide.
         */
        get: operations["page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/report.html": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The self-contained report of a finished run. */
        get: operations["report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The metrics of a finished run, its summary.json; of a comparison its compare.json, of a search its optimize.json, of a
         *     sensitivity its sensitivity.json.
         */
        get: operations["summary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/tables": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tables of a finished run, by name. */
        get: operations["tables"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/tables/{table}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One table of a finished run: `NAME.parquet`, or `NAME.csv` for a spreadsheet. A part of it with the header `Range`. */
        get: operations["table"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenarios": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Copies a template into the folder. */
        post: operations["new_scenario"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenarios/background": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a map beside a scenario, to lie under its sites, if it is one; it is not put over a file that is there. */
        post: operations["put_background"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenarios/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says what is wrong with a draft, as `portvolt validate` does. Nothing is written. */
        post: operations["check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenarios/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The TOML file of a scenario, to download. */
        get: operations["scenario_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenarios/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What lies under the sites of a draft on a map; nothing of one with errors. */
        post: operations["background"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenarios/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The plan of a terminal or depot of a draft. */
        post: operations["plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenarios/save": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Writes a draft as a new file beside its scenario; comments and order of the scenario are kept. */
        post: operations["save_draft"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scenarios/tariff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a tariff beside a scenario, if it is one; it is not put over a file that is there. */
        post: operations["put_tariff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The JSON Schema of a scenario: forms are made from it. */
        get: operations["schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/searches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts a search for the best design into the queue. All errors show at once and nothing is queued. What it simulated is
         *     kept: the same asked again goes on from there.
         */
        post: operations["start_search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sensitivities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts the question which doubtful numbers decide into the queue. All errors show at once and nothing is queued. */
        post: operations["start_sensitivity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workspace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the folder holds: scenarios, and what can be chosen in forms. */
        get: operations["workspace"];
        put?: never;
        post?: never;
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
        /** @description An outline with its holes, to be filled even-odd. */
        Area: {
            /** @description Name for people; may be empty. */
            name: string;
            /** @description Rings. */
            rings: number[][];
            /** @description Key of the site whose plan it is of; empty for one of a map. */
            site: string;
        };
        /** @description What was requested. Each has a field that no other has: `until`, `decide`, `points`. */
        Asked: components["schemas"]["SearchRequest"] | components["schemas"]["SensitivityRequest"] | components["schemas"]["ComparisonRequest"] | components["schemas"]["RunRequest"];
        /** @description What lies under the sites on a map. Coordinates are degrees, longitude and latitude by turns. */
        Background: {
            /** @description Yards, blocks, buildings. */
            areas: components["schemas"]["Area"][];
            picture: components["schemas"]["Picture"] | null;
            /** @description Roads. */
            roads: number[][];
        };
        /** @description The lowest, tenth and middle of a hundred vehicles in each column; none where nothing is known of any. */
        Band: {
            lowest: (number | null)[];
            median: (number | null)[];
            tenth: (number | null)[];
        };
        /**
         * @description Which end of a metric is wanted.
         * @enum {string}
         */
        Better: "lower" | "higher";
        /** @description A phase-in and its bills. */
        Billed: components["schemas"]["PhaseIn"] & {
            /**
             * Format: double
             * @description Demand charges of its sites in the bills of the run, USD.
             */
            demand_usd: number;
            /**
             * Format: double
             * @description The same months at the last rates of the file: the demand that is billed times the dearest price, at most, USD.
             */
            full_usd: number;
        };
        /** @description How much may be spent: runs, minutes (which are turned into runs by timing the first ones), or the less of both. */
        BudgetSpec: {
            /**
             * Format: double
             * @description Minutes in all, on this machine.
             * @default null
             */
            minutes: number | null;
            /**
             * Format: int32
             * @description Random days of one design in the race.
             * @default 32
             */
            replications: number;
            /**
             * Format: int32
             * @description Runs in all. Default: 2,000 where no minutes are given.
             * @default null
             */
            runs: number | null;
        };
        /** @description One change. */
        Change: {
            /** @description Dotted path, such as `charger.north.cabinets`, or a whole table, such as `charger.north`. */
            path: string;
            /** @description The new value; `null` takes the key out. */
            value: unknown;
        };
        /** @description A picture of vehicles by time. */
        Charge: {
            /** @description State of charge of all of them in each column, percent. */
            band: components["schemas"]["Band"];
            /** @description Those shown one by one, the lowest first. */
            shown: components["schemas"]["Vehicle"][];
            /** @description Chart steps in one column. */
            steps_each: number;
            /** @description How many vehicles charged more than once. */
            vehicles: number;
        };
        /** @description A group of chargers. */
        Chargers: {
            /** @description The node they stand behind. */
            behind: string | null;
            /**
             * Format: double
             * @description Power of a cabinet, kW.
             */
            cabinet_kw: number;
            /**
             * Format: int32
             * @description Cabinets.
             */
            cabinets: number;
            /** @description Key of `[charger]`. */
            key: string;
            /**
             * Format: int32
             * @description Ports of a cabinet.
             */
            ports: number;
            /** @description Vehicles that may plug in, by names for people. */
            users: string[];
        };
        /** @description What is wrong with a draft, and what it says. */
        Checked: {
            /** @description What policies decide in it, as their tables are called (`policy.charging`); empty where there are problems. */
            decisions: string[];
            /** @description The whole scenario with overlays and changes; null where a file cannot be read. */
            document: unknown;
            /** @description What can be run and is probably an error all the same. */
            doubts: string[];
            /** @description Errors as `portvolt validate --format json` lists them; empty when it can be run. */
            problems: components["schemas"]["ScenarioError"][];
        };
        /** @description Something to choose: the name that a scenario has for it, and what it is for people. */
        Choice: {
            /** @description One line or two; may be empty. */
            about: string;
            name: string;
            title: string;
        };
        /** @description A number, a word or a list. */
        ChoiceValue: unknown;
        /** @description What may be chosen of one value. */
        Choices: components["schemas"]["ChoiceValue"][] | components["schemas"]["Range"];
        /** @description The choice between two strategies. */
        Choosing: {
            /**
             * Format: double
             * @description In how many of the draws the second one is better.
             */
            challenger_wins: number;
            /**
             * Format: double
             * @description What numbers without any influence would seem to be worth.
             */
            floor: number;
            /**
             * Format: double
             * @description Mean gain of the second one; above zero it is chosen.
             */
            gain: number;
            /**
             * Format: double
             * @description What the choice would gain if everything were known.
             */
            of_all: number;
        };
        ClassHours: {
            required_h: number[];
            served_h: number[];
        };
        /** @description One metric of all strategies. */
        ComparedMetric: {
            better: components["schemas"]["Better"] | null;
            info: string;
            name: string;
            /**
             * Format: int32
             * @description Replications in which every strategy has a value.
             */
            replications: number;
            scope: string;
            strategies: components["schemas"]["StandingRow"][];
            unit: string;
        };
        /** @description What a strategy changes. */
        ComparedStrategy: {
            name: string;
            overlays: string[];
            settings: string[];
        };
        /** @description `compare.json`, without metrics of single sites. */
        Comparison: {
            baseline: string;
            interrupted: boolean;
            metrics: components["schemas"]["ComparedMetric"][];
            /** Format: int32 */
            replications: number;
            scenario: string;
            /** Format: int64 */
            seed: number;
            sensitivity: components["schemas"]["SensitivityEffect"][];
            sensitivity_metric: string | null;
            settings: string[];
            strategies: components["schemas"]["ComparedStrategy"][];
        };
        /** @description What to compare. */
        ComparisonRequest: {
            /**
             * Format: int32
             * @description How many days, instead of the scenario's.
             */
            days: number | null;
            /**
             * Format: int32
             * @description Simulations of each, all on the same random days; with `until`, the first ones.
             */
            replications: number;
            /** @description Path of the scenario inside the served folder. */
            scenario: string;
            /**
             * Format: int64
             * @description Seed of every random stream.
             */
            seed: number;
            until: components["schemas"]["Until"] | null;
            /** @description What is compared; the first is what the others are compared with. */
            variants: components["schemas"]["Variant"][];
        };
        /** @description How a site or a node stood to its limit. */
        Connection: {
            /**
             * Format: double
             * @description The least limit of any interval, kW; none where there is no limit.
             */
            least_limit_kw: number | null;
            /**
             * Format: double
             * @description The same, h.
             */
            over_h: number;
            /**
             * Format: int64
             * @description Intervals whose mean power passed the limit.
             */
            over_intervals: number;
            /**
             * Format: double
             * @description Highest mean power of an interval, with what is behind it, kW.
             */
            peak_kw: number;
            /**
             * Format: double
             * @description The limit of that interval, kW; none where none held then.
             */
            peak_limit_kw: number | null;
            worst: components["schemas"]["Worst"] | null;
        };
        ConstraintEnds: {
            /**
             * Format: double
             * @description In at least this share of the random days; none: on average.
             */
            chance: number | null;
            /** Format: double */
            least: number | null;
            /** Format: double */
            most: number | null;
        };
        /** @description What had to hold. */
        ConstraintRow: {
            /** @description Only what begins on this day or later is judged. */
            from: string | null;
            metric: string;
            must: components["schemas"]["ConstraintEnds"];
            /** @description Only what begins before this day is judged. */
            until: string | null;
        };
        /** @description What must hold of a metric of the whole hub. */
        ConstraintSpec: {
            /**
             * Format: double
             * @description In at least this share of the random days; none: on average.
             */
            chance: number | null;
            /** @description Only runs that begin on this day or later are judged, such as 2028-01-01; of a transition, years that lie after it. */
            from: string | null;
            /**
             * Format: double
             * @description It is at least this.
             */
            least: number | null;
            /** @description Name of the metric. */
            metric: string;
            /**
             * Format: double
             * @description It is at most this, in its unit.
             */
            most: number | null;
            /** @description Only runs that begin before this day are judged; of a transition, years that end before it. */
            until: string | null;
        };
        /** @description What was to be decided. */
        DecisionRow: {
            choices: string[];
            /** @description Place of the choice of the reported design, from 0. */
            chosen: number | null;
            /** @description Are the choices in an order, such as numbers? */
            is_ordered: boolean;
            path: string;
        };
        /** @description A kind of decision, and the built-in policies that can take it. */
        Decisions: {
            /** @description What is decided, in a few words. */
            decides: string;
            /** @description The policy of a scenario that names none. */
            default: string;
            policies: components["schemas"]["PolicyChoice"][];
            /** @description The table of a scenario that names the policy, such as `policy.charging`. */
            setting: string;
        };
        /** @description A number, its range, and what it explains. */
        DecisiveNumber: {
            /** @description Share of the variance that it explains by itself, and with its interactions. */
            first: components["schemas"]["SharePart"];
            /** Format: double */
            high: number;
            /**
             * Format: double
             * @description Lowest and highest value; of a list, factors on it.
             */
            low: number;
            path: string;
            quality: string;
            /** @description Where the range comes from. */
            range: string;
            source: string;
            total: components["schemas"]["SharePart"];
            /**
             * Format: double
             * @description What the choice would gain if it were known, in the unit of the metric.
             */
            worth: number | null;
            /** @description As written: a number, or a list that is scaled as a whole. */
            written: Record<string, never>;
        };
        /** @description A metric of the reported design: mean over its first random days. */
        DesignMetric: {
            /** Format: double */
            mean: number | null;
            name: string;
            unit: string;
        };
        DesignPage: {
            doubtful: components["schemas"]["Doubtful"][];
            /** @description Names for people of places and fleets, by their paths such as `site.depot`. */
            names: {
                [key: string]: string;
            };
            provenance: components["schemas"]["Fact"][];
            search: components["schemas"]["SearchResult"];
            sources: components["schemas"]["Source"][];
            title: string;
            /** @description What a careful reader should know before using the result. */
            warnings: string[];
        };
        /** @description One design and how it did. */
        DesignRow: {
            /**
             * Format: double
             * @description First objective: what it has more than the reported design, on the same days.
             */
            difference: number | null;
            /**
             * Format: double
             * @description Half the width of the 95 % interval of that.
             */
            half_width: number | null;
            /** @description Was it shown on fresh days that it holds the constraints? None where there are none. */
            is_confirmed: boolean | null;
            /** @description The work of which it did less than another design that was tried. */
            less_work: string[];
            /** Format: double */
            probability_best: number | null;
            settings: string[];
            standing: components["schemas"]["DesignStanding"];
            /** @description The same in words, and the work of which it may have done less. */
            work_told: string | null;
        };
        /** @description Means over its random days. */
        DesignStanding: {
            /** @description Of the metric of each constraint. */
            constraints: (number | null)[];
            /** Format: int64 */
            days: number;
            /** @description Share of the days on which each constraint was kept. */
            kept: (number | null)[];
            /** @description Of each objective. */
            objectives: (number | null)[];
        };
        /** @description Numbers of one doubtful source. */
        Doubtful: {
            /** @description Where to find it; may be empty. */
            address: string;
            /** @description Fields. */
            fields: string[];
            /** @description Unverified or assumed. */
            quality: string;
            /** @description The source. */
            title: string;
        };
        /** @description A scenario with changes that are not saved. */
        Draft: {
            /** @description Changes on top. */
            changes: components["schemas"]["Change"][];
            /** @description Path of the scenario inside the served folder. */
            scenario: string;
            /** @description Overlays beside it, by name. */
            strategies: string[];
        };
        /** @description The body of every error. */
        ErrorBody: {
            /** @description What is wrong, in a sentence. */
            error: string;
            /** @description Errors of a scenario, where there are some. */
            problems: components["schemas"]["ScenarioError"][];
            /**
             * Format: int32
             * @description Version of this format.
             */
            schema: number;
        };
        /** @description A line of the section on where the result comes from. */
        Fact: {
            label: string;
            value: string;
        };
        /**
         * @description What a file holds, as `portvolt import` calls it.
         * @enum {string}
         */
        FileKind: "load" | "sessions" | "hauls" | "solar" | "weather" | "tariff";
        /** @description A place that a file names. */
        FilePlace: {
            key: string;
            name: string;
        };
        /** @description A file of the planner's own, and how it is read. */
        FileRequest: {
            /** @description Its bytes, as base64. */
            base64: string;
            /**
             * Format: double
             * @description How long after it is ready a haul is due that has no time, hours, 0.1 to 1,000.
             */
            due_after_h: number | null;
            kind: components["schemas"]["FileKind"];
            /** @description A mapping file (TOML), as `portvolt import KIND FILE --map` takes one. */
            map: string | null;
            /** @description Its name. A tariff is read by its ending. */
            name: string;
            /** @description Which tariff of a file of several, by label or name. */
            tariff_name: string | null;
        };
        /** @description Something that a column can hold. */
        FileRole: {
            /** @description What it is. */
            about: string;
            /** @description Name of the column that is taken for it; null where none is. */
            column: string | null;
            /** @description What a mapping file calls it, under `[columns]`. */
            role: string;
        };
        /** @description A row of a file. */
        FileRow: {
            cells: string[];
            /**
             * Format: int64
             * @description From 1.
             */
            line: number;
        };
        /** @description A file that shall be used in a scenario. */
        FileUse: {
            file: components["schemas"]["FileRequest"];
            /** @description What the file is for: a key of `[site]` for a load, sessions or a tariff, one of `[solar]` for its output; else empty. */
            row: string;
            /** @description Path of the scenario inside the served folder: the file is put beside it. */
            scenario: string;
            /** @description Name of the new file, without its ending. */
            stem: string;
        };
        /** @description What was written, and what makes the scenario use it. */
        FileUsed: {
            /** @description Changes of the scenario; `null` takes a key out where it is there, for it and the new one exclude each other. */
            changes: components["schemas"]["Change"][];
            /** @description Names of the files that were written beside the scenario. */
            files: string[];
            /** @description The same as lines of TOML. */
            lines: string;
            /** @description What was assumed, dropped or filled. */
            said: string[];
            /** @description What the file holds, in a sentence. */
            told: string;
        };
        /** @description How a file is read. */
        FileView: {
            /** @description Names of its columns; empty where it is no table. */
            columns: string[];
            /** @description Columns that are not listed, for there are too many. */
            columns_left_out: number;
            /** @description What it is written in. */
            format: string;
            /**
             * Format: int64
             * @description The line of the header; null where there is none.
             */
            header_line: number | null;
            /** @description Is it recognised, and nothing wrong? */
            is_read: boolean;
            kind: components["schemas"]["FileKind"];
            name: string;
            /** @description Names of places as the file writes them, and the keys of `[site]` that they are taken for; the first ones of very many. */
            places: components["schemas"]["FilePlace"][];
            /** @description What is wrong, by line and column; the first ones of very many. */
            problems: components["schemas"]["ScenarioError"][];
            /** @description How many errors there are in all. */
            problems_in_all: number;
            /** @description What a mapping can name, and what was taken for it. */
            roles: components["schemas"]["FileRole"][];
            /** @description The first rows below the header. */
            rows: components["schemas"]["FileRow"][];
            /** @description Rows below the header in all. */
            rows_in_all: number;
            /** @description What was assumed, dropped or filled. */
            said: string[];
            /** @description Sheets of a workbook. */
            sheets: string[];
            /** @description What it holds, in a sentence; empty where it cannot be read. */
            told: string;
        };
        /** @description The reported design and those that could be it. */
        FoundDesigns: {
            best: components["schemas"]["DesignRow"] | null;
            /** @description The others in front. */
            front: components["schemas"]["DesignRow"][];
            /** @description For each decision the best design with another choice in it. */
            otherwise: components["schemas"]["OtherChoice"][];
        };
        Hauls: {
            done: number[];
            late: number[];
        };
        /** @description Headline results of a run; none where it has no such work, vehicles or tariff. */
        Headline: {
            /**
             * Format: double
             * @description Electricity bills of the run, USD.
             */
            bill_usd: number | null;
            /**
             * Format: double
             * @description Cost of all years of a transition, USD.
             */
            cost_usd: number | null;
            /**
             * Format: double
             * @description Equipment hours served over those required, 0 to 1.
             */
            equipment_share: number | null;
            /**
             * Format: double
             * @description Completed hauls over those requested, 0 to 1.
             */
            hauls_share: number | null;
            /**
             * Format: double
             * @description Intervals in which the load of a site passed its limit, of all sites.
             */
            overload_intervals: number | null;
            /**
             * Format: double
             * @description Highest mean power of an interval of all sites together, kW.
             */
            peak_kw: number | null;
            /**
             * Format: double
             * @description 95th percentile of the wait for a charging port, minutes.
             */
            wait_p95_min: number | null;
        };
        /** @description How near a load came to its limit, both of the same interval. */
        Headroom: {
            /** Format: int32 */
            over_first_s: number | null;
            /**
             * Format: int32
             * @description Intervals whose load passed the limit, and when the first began, seconds since the start.
             */
            over_intervals: number;
            /**
             * Format: double
             * @description That load and limit, kW, and when the interval began, seconds since the start.
             */
            worst_kw: number;
            /** Format: double */
            worst_limit_kw: number;
            /** Format: int32 */
            worst_s: number;
            /**
             * Format: double
             * @description Highest load over the limit; none without a limit.
             */
            worst_share: number | null;
        };
        /** @description A connection or a node that held charging down. */
        HeldBy: {
            /** @description Its limit was 0, in at least one interval. */
            is_outage: boolean;
            /** @description Name for people. */
            name: string;
            /**
             * Format: double
             * @description Share of the wait in which its limit was 0, or its load at it.
             */
            share: number;
        };
        InfluencePage: {
            doubtful: components["schemas"]["Doubtful"][];
            influence: components["schemas"]["InfluenceResult"];
            /** @description Names for people of places and fleets, by their paths such as `site.depot`. */
            names: {
                [key: string]: string;
            };
            provenance: components["schemas"]["Fact"][];
            sources: components["schemas"]["Source"][];
            title: string;
            /** @description What a careful reader should know before using the result. */
            warnings: string[];
        };
        /** @description `sensitivity.json`. */
        InfluenceResult: {
            /**
             * Format: double
             * @description Variance on the same days, and the part of it that chance has.
             */
            chance: number | null;
            choice: components["schemas"]["Choosing"] | null;
            /** Format: double */
            deviation: number | null;
            /**
             * Format: int64
             * @description Numbers that are assumed or not verified, and how many of them were varied.
             */
            doubtful: number;
            /** Format: int64 */
            groups: number;
            /** @description How many of the doubtful numbers decide, and which, in a sentence. */
            headline: string;
            kept_without_shares: string[];
            /**
             * Format: double
             * @description What was left out moves this share of the variance together.
             */
            left_out: number | null;
            /**
             * Format: double
             * @description Mean and standard deviation of the metric over the ranges.
             */
            mean: number | null;
            metric: string;
            not_varied: components["schemas"]["NotVaried"][];
            /** @description The decisive numbers, those that explain most first. */
            numbers: components["schemas"]["DecisiveNumber"][];
            pairs: components["schemas"]["NumberPair"][];
            /**
             * Format: int64
             * @description Points behind the shares.
             */
            points: number;
            refusal: string | null;
            /**
             * Format: int64
             * @description Combinations of values that the scenario refused, and why the first one was.
             */
            refused_points: number;
            /** Format: int32 */
            replications: number;
            /** Format: int64 */
            runs: number;
            scenario: string;
            /** Format: int64 */
            seed: number;
            settings: string[];
            /** @description One strategy, or two to choose between: the second is compared with the first. */
            strategies: string[];
            /**
             * Format: double
             * @description A number that explains at least this share of the spread is not left out.
             */
            threshold: number;
            unit: string;
            /** Format: double */
            variance: number | null;
            /** Format: int64 */
            varied: number;
        };
        /** @description Trips in the order of their start, packed. */
        Legs: {
            /** @description How many trips. */
            count: number;
            /** @description One truck in so many is shown. */
            one_in: number;
            /**
             * @description base64 of gzip of five arrays, little-endian, one after the other: start (u32, seconds), duration (u32, seconds),
             *     origin and destination (u16, number of the site), laden (u8, 1 or 0).
             */
            packed: string;
        };
        /** @description A limit that holds for some of the time. */
        LimitNote: {
            /**
             * Format: double
             * @description Maximum demand: highest mean power of an interval, kW.
             */
            kw: number;
            /** @description What it limits: keys of sites or nodes. */
            on: string[];
            /** @description Why; may be empty. */
            reason: string;
            /** @description When, in words. */
            when: string;
        };
        Load: {
            charging: number[];
            equipment: number[];
            hydrogen: number[];
            other: number[];
            shore: number[];
        };
        /** @description The visit that waited longest for a charging port. */
        LongestWait: {
            /**
             * Format: int32
             * @description Arrival, seconds since the start.
             */
            arrive_s: number;
            /** @description Key of the charger group at which it was plugged in; none where it was at none. */
            group: string | null;
            /** @description Connections and nodes without power for its site, or with no more of it, in that time. */
            held_by: components["schemas"]["HeldBy"][];
            /** @description Key of the site. */
            site: string;
            /**
             * Format: int32
             * @description Until plug-in, or until it gave up, seconds.
             */
            wait_s: number;
        };
        /** @description Hauls that nobody drove cost nothing and emit nothing. */
        Lost: {
            /** Format: double */
            share: number;
            /** Format: int32 */
            year: number;
            /** @description In how many years more than this share lapsed: [`FEW_LAPSED`]. */
            years: number;
        };
        /** @enum {string} */
        MetricName: "hauls_requested" | "hauls_completed" | "hauls_late" | "hauls_lapsed" | "hauls_open" | "truck_km" | "truck_empty_km" | "truck_battery_kwh" | "truck_hydrogen_kg" | "truck_diesel_gal" | "truck_nox_kg" | "truck_pm25_kg" | "truck_idling_h" | "gate_queue_mean_min" | "trucks_stranded" | "driver_waiting_h" | "equipment_hours_required" | "equipment_hours_served" | "equipment_served_share" | "equipment_battery_kwh" | "equipment_hydrogen_kg" | "equipment_diesel_gal" | "vessel_calls" | "vessels_at_berth" | "crane_moves_per_h" | "vessel_berth_mean_h" | "vessel_wait_mean_h" | "truck_turn_mean_min" | "truck_turn_p95_min" | "truck_gate_mean_min" | "truck_way_mean_min" | "truck_block_wait_mean_min" | "truck_handling_mean_min" | "appointments_booked" | "appointments_kept" | "appointment_no_shows" | "appointments_late" | "appointments_early" | "appointment_late_mean_min" | "appointment_wait_mean_min" | "appointment_shift_mean_h" | "trucks_in_yard" | "yard_moves" | "yard_kwh_per_move" | "carrier_loaded_h" | "carrier_empty_h" | "carrier_crane_h" | "carrier_crane_wait_h" | "carrier_block_h" | "carrier_block_wait_h" | "carrier_lot_way_h" | "carrier_lot_queue_h" | "carrier_plugging_h" | "carrier_lot_h" | "carrier_break_h" | "carrier_idle_h" | "carrier_towed_h" | "carriers_stranded" | "lot_sessions" | "lot_utilization" | "lot_queue_mean_min" | "lot_queue_p95_min" | "lot_way_mean_min" | "lot_energy_kwh" | "moves_late" | "work_backlog_h" | "work_backlog_max_h" | "vessel_fuel_t" | "vessel_fuel_usd" | "shore_power_calls" | "shore_power_kwh" | "shore_power_avoided_co2e_t" | "shore_power_avoided_nox_kg" | "shore_power_avoided_pm25_kg" | "shore_power_avoided_fuel_usd" | "vessel_lifts" | "swaps" | "swap_wait_mean_min" | "swap_wait_p95_min" | "swap_waiting" | "swap_least_ready" | "sessions" | "sessions_unmet" | "sessions_served_share" | "breaks_unmet" | "energy_requested_kwh" | "energy_unmet_kwh" | "energy_delivered_kwh" | "energy_visitors_kwh" | "energy_used_kwh" | "energy_stored_change_kwh" | "queue_wait_mean_min" | "queue_wait_p95_min" | "queue_waiting" | "charger_utilization" | "charging_revenue_usd" | "charging_energy_cost_usd" | "energy_grid_kwh" | "energy_charging_kwh" | "peak_kw" | "noncoincident_peak_kw" | "load_factor" | "overload_h" | "overload_kw" | "overload_intervals" | "storage_charged_kwh" | "storage_discharged_kwh" | "storage_health" | "transformer_hot_spot_c" | "transformer_ageing_factor" | "transformer_life_used_percent" | "bill_energy_usd" | "bill_demand_usd" | "bill_fixed_usd" | "bill_total_usd" | "refill_usd" | "bound_energy_kwh" | "bound_energy_gap_percent" | "bound_peak_kw" | "bound_peak_gap_percent" | "bound_cost_usd" | "bound_cost_gap_percent" | "bound_tolerance" | "year_cost_usd" | "year_capital_usd" | "year_upkeep_usd" | "year_labor_usd" | "year_bill_usd" | "year_fuel_usd" | "year_refill_usd" | "year_lost_work_usd" | "cost_per_haul_usd" | "cost_per_move_usd" | "h2_dispensed_kg" | "h2_used_kg" | "h2_stored_change_kg" | "h2_requested_kg" | "h2_fills" | "h2_turned_away" | "h2_gave_up" | "h2_stockout_h" | "h2_queue_wait_mean_min" | "h2_queue_waiting" | "h2_queue_wait_p95_min" | "h2_produced_kg" | "h2_delivered_kg" | "h2_piped_kg" | "h2_vented_kg" | "h2_returned_kg" | "h2_trailers" | "h2_electricity_kwh" | "h2_electricity_usd" | "h2_co2e_kg_per_kg" | "h2_price_usd_per_kg" | "h2_lacking_t" | "h2_cost_usd_per_kg" | "h2_cost_electrolyser_usd_per_kg" | "h2_cost_compressor_usd_per_kg" | "h2_cost_storage_usd_per_kg" | "h2_cost_dispenser_usd_per_kg" | "h2_cost_production_energy_usd_per_kg" | "h2_cost_compression_energy_usd_per_kg" | "h2_cost_purchase_usd_per_kg" | "h2_cost_credit_usd_per_kg" | "diesel_gal" | "co2e_direct_t" | "co2e_upstream_t" | "co2e_t" | "co2e_discounted_t" | "co2e_embodied_t" | "nox_kg" | "sox_kg" | "pm25_kg" | "exhaust_nox_kg" | "exhaust_pm25_kg" | "co2e_captured_t" | "co2e_removed_t" | "removal_usd" | "co2e_closed_t" | "co2e_elsewhere_t" | "zev_share" | "zev_share_trucks" | "zev_share_trucks_at_work" | "zev_share_equipment" | "npv_usd" | "npv_public_usd" | "npv_resource_usd" | "resource_cost_usd" | "paid_by_fleets_usd" | "paid_by_terminals_usd" | "paid_by_stations_usd" | "paid_by_sites_usd" | "paid_by_cargo_owners_usd" | "paid_by_ports_usd" | "paid_by_state_usd" | "paid_by_united_states_usd" | "paid_by_ratepayers_usd" | "lcfs_clearing_usd_per_t" | "cost_usd" | "capex_usd" | "opex_usd" | "credit_income_usd" | "public_usd" | "abatement_usd_per_t" | "abatement_public_usd_per_t" | "abatement_resource_usd_per_t" | "abatement_discounted_usd_per_t" | "abatement_public_discounted_usd_per_t" | "abatement_resource_discounted_usd_per_t" | "energisation_late_months" | "irr" | "return_on_investment" | "break_even_revenue" | "break_even_electricity" | "break_even_upkeep" | "break_even_investment" | "dscr_min" | "dscr_min_year" | "target_met" | "target_reached" | "policy_calls" | "policy_rejected" | "plugin_calls" | "plugin_rejected";
        /**
         * @description A file of the planner's own: a tariff (JSON of the Utility Rate Database, whose name ends in `.json`) or a map (`GeoJSON` of
         *     roads and outlines, whose name ends in `.geojson`).
         */
        NewFile: {
            /** @description Name of the file. */
            name: string;
            /** @description Path of the scenario inside the served folder. */
            scenario: string;
            text: string;
        };
        /** @description A copy of a template. */
        NewScenario: {
            /** @description The folder to make. */
            name: string;
            template: string;
        };
        /** @description A node. */
        Node: {
            /** @description The node above it. */
            behind: string | null;
            /** @description Key of `[node]`. */
            key: string;
            /**
             * Format: double
             * @description Its own limit, kW.
             */
            limit_kw: number | null;
            /** @description Name for people. */
            name: string;
            /** @description Its site. */
            site: string;
        };
        /** @description One node over time. */
        NodeSeries: components["schemas"]["Node"] & components["schemas"]["Headroom"] & {
            /**
             * Format: double
             * @description The least limit that held in any interval, kW.
             */
            least_limit_kw: number | null;
            /** @description Mean power of each step, kW. */
            mean_kw: number[];
            /**
             * Format: double
             * @description Highest mean power of an interval, kW.
             */
            peak_kw: number;
            /**
             * Format: double
             * @description The limit that held in that interval, kW; none where none did.
             */
            peak_limit_kw: number | null;
            /** @description Why the limit stood where it did when the load came nearest to it; may be empty. */
            worst_reason: string;
        };
        /** @description A doubtful number that was not varied. */
        NotVaried: {
            path: string;
            why: string;
        };
        /** @description What two numbers explain beyond each by itself. */
        NumberPair: {
            numbers: string[];
            share: components["schemas"]["SharePart"];
        };
        /** @description A run that this one is compared with. */
        Other: {
            co2e_t: number[];
            cost_usd: number[];
            name: string;
            /**
             * Format: double
             * @description Cost of all years, less what is left at the end, which no year has.
             */
            total_cost_usd: number | null;
        };
        /** @description What would be chosen otherwise in one decision. */
        OtherChoice: {
            /** @description The reported choice. */
            chosen: string;
            other: components["schemas"]["DesignRow"] | null;
            path: string;
        };
        /** @description A site or a node whose limit was passed. */
        Overload: components["schemas"]["Connection"] & {
            /** @description Name for people. */
            name: string;
            /** @description `site:KEY` or `node:KEY`, as in metrics. */
            scope: string;
            /** @description One sentence: for how long, when most, by which loads. */
            told: string;
        };
        /** @description What the page shows, by what was run. The types of the front end are made from these. */
        Page: (components["schemas"]["RunPage"] & {
            /** @enum {string} */
            kind: "run";
        }) | (components["schemas"]["YearsPage"] & {
            /** @enum {string} */
            kind: "years";
        }) | (components["schemas"]["StudyPage"] & {
            /** @enum {string} */
            kind: "study";
        }) | (components["schemas"]["DesignPage"] & {
            /** @enum {string} */
            kind: "design";
        }) | (components["schemas"]["InfluencePage"] & {
            /** @enum {string} */
            kind: "influence";
        });
        /** @description A parameter of a policy. */
        ParameterChoice: {
            /** Format: double */
            default: number;
            /** @description Is it a count, or yes (1) or no (0)? */
            is_whole: boolean;
            /** Format: double */
            least: number;
            /** Format: double */
            most: number;
            /** @description Its name, with the unit. */
            name: string;
        };
        /** @description Hours without work, seconds since the start. */
        Pause: {
            /** Format: int32 */
            from_s: number;
            /** @description A pause within the working day; otherwise the time between shifts. */
            is_break: boolean;
            /** Format: int32 */
            to_s: number;
        };
        /** @description A tariff whose demand charge is not yet as high, when a run begins, as its file says that it will be. */
        PhaseIn: {
            /** @description The day from which those hold. */
            full_from: string;
            /**
             * Format: double
             * @description The same of the last rates of the file.
             */
            full_usd_per_kw: number;
            /** @description Keys of the sites that pay by it. */
            sites: string[];
            /** @description Name of the tariff. */
            tariff: string;
            /**
             * Format: double
             * @description What a kW of a month's peak costs on the first day of the run, at most, USD.
             */
            usd_per_kw: number;
        };
        /** @description A picture with two points of it. */
        Picture: {
            /** @description Where two points of it are on earth. */
            at: components["schemas"]["PicturePoint"][];
            /** @description Its bytes, as an address of the scheme `data`. */
            url: string;
        };
        /** @description A point of a picture, and where it is on earth. */
        PicturePoint: {
            /**
             * Format: double
             * @description Latitude, degrees north.
             */
            lat: number;
            /**
             * Format: double
             * @description Longitude, degrees east.
             */
            lon: number;
            /**
             * Format: double
             * @description From the left edge, pixels.
             */
            x: number;
            /**
             * Format: double
             * @description From the top edge, pixels.
             */
            y: number;
        };
        /** @description A part of a plan. */
        PlanFeature: {
            /** @description Are its paths the rings of an area? */
            is_area: boolean;
            /** @description Its id; empty where it has none. */
            key: string;
            /** @description What it is: `fence`, `quay`, `block`, `gate`, `rail`, `road`, `lot`, `parking` or `building`. */
            part: string;
            /** @description Rings, lines, or points of one position each; east and north by turns, m. */
            paths: number[][];
        };
        /** @description A site of a scenario with changes that are not saved. */
        PlanOf: {
            /** @description Changes on top. */
            changes: components["schemas"]["Change"][];
            /** @description Path of the scenario inside the served folder. */
            scenario: string;
            /** @description Key of the site. */
            site: string;
            /** @description Overlays beside it, by name. */
            strategies: string[];
        };
        /** @description The plan of a site. Coordinates are metres as `at_m` of a charging lot has them. */
        PlanView: {
            /** @description Its parts; none where the site has no plan. */
            features: components["schemas"]["PlanFeature"][];
        };
        /** @description A project at a plant in the last year. */
        PlantProject: {
            /**
             * Format: double
             * @description Less CO2e a year, t.
             */
            abated_t: number;
            /** Format: double */
            capex_musd: number;
            /** Format: int32 */
            decided: number | null;
            lever: string;
            /**
             * Format: double
             * @description What its owner lacks for a tonne, USD.
             */
            missing_usd_per_t: number | null;
            plant: string;
            project: string;
            /** Format: double */
            public_musd: number;
            /** Format: int32 */
            starts: number | null;
            state: string;
            /**
             * Format: double
             * @description What a tonne takes, whoever pays, USD.
             */
            usd_per_t: number | null;
            /** Format: double */
            withdrawn_musd: number;
        };
        /** @description A built-in policy. */
        PolicyChoice: {
            /** @description What it does, in one sentence. */
            about: string;
            /** @description Is it one that others are measured against only? */
            is_floor: boolean;
            name: string;
            parameters: components["schemas"]["ParameterChoice"][];
        };
        /** @description All projects of a kind. */
        Project: {
            /** Format: double */
            amount: number;
            /** Format: double */
            cost_musd: number;
            count: number;
            kind: string;
            /** Format: double */
            late_months_mean: number;
            /** Format: double */
            premium_musd: number;
            /** Format: double */
            public_musd: number;
            /** @description Unit of the amount. */
            unit: string;
        };
        /** @description Numbers from one to another in steps. */
        Range: {
            /**
             * Format: double
             * @description The lowest.
             */
            from: number;
            /**
             * Format: double
             * @description From one to the next.
             */
            step: number;
            /**
             * Format: double
             * @description The highest.
             */
            to: number;
        };
        /** @description A metric as it is read back. */
        ReadMetric: {
            /** @description What it says. */
            info: string;
            /** @description Name, with the unit. */
            name: string;
            /** @description `total`, `site:KEY`, `fleet:KEY`, `year:YYYY`, or a pair joined by `/`. */
            scope: string;
            /** @description Unit. */
            unit: string;
            /**
             * Format: double
             * @description Value; none where there is nothing to measure.
             */
            value: number | null;
        };
        /** @description `summary.json` as it is read back. */
        ReadSummary: {
            /** @description All metrics. */
            metrics: components["schemas"]["ReadMetric"][];
        };
        /** @description What came of a run or a study. */
        Results: components["schemas"]["ReadSummary"] | components["schemas"]["Comparison"] | components["schemas"]["SearchResult"] | components["schemas"]["InfluenceResult"];
        /** @description A way between two sites. */
        Route: {
            /**
             * Format: int32
             * @description Numbers of the sites.
             */
            from: number;
            /** @description Longitude and latitude by turns, degrees, from site to site. */
            path: number[];
            /** Format: int32 */
            to: number;
        };
        Rule: {
            /** Format: double */
            asked: number;
            /** @description A ceiling: at most what it asks for. */
            is_most: boolean;
            kept: string;
            kind: string;
            /** Format: int32 */
            missing: number;
            /** Format: double */
            reached: number;
            rule: string;
            /** Format: int32 */
            year: number;
        };
        /** @description A finished run in a list. */
        RunEntry: {
            /** @description `run`, `replay`, `compare`, `optimize` or `sensitivity`. */
            command: string;
            /**
             * Format: int64
             * @description When it was finished, seconds since 1970.
             */
            finished_unix_s: number;
            id: string;
            overlays: string[];
            request: components["schemas"]["Asked"] | null;
            /** @description What came of it. */
            results: components["schemas"]["Headline"];
            scenario: string;
            /** Format: int64 */
            seed: number;
            settings: string[];
            title: string;
        };
        RunPage: {
            /** @description What lies under the sites on the map. */
            background: components["schemas"]["Background"];
            /**
             * Format: int32
             * @description Length of a step of the charts, and of the intervals at which loads and limits are held together, seconds.
             */
            bucket_s: number;
            charge: components["schemas"]["Charge"];
            /** Format: int32 */
            days: number;
            description: string;
            doubtful: components["schemas"]["Doubtful"][];
            /** @description Names for people of fleets, by key. */
            fleets: {
                [key: string]: string;
            };
            hauls: components["schemas"]["Hauls"];
            hub: components["schemas"]["Load"];
            hydrogen: components["schemas"]["StationSeries"][];
            /** Format: int32 */
            interval_s: number;
            /** @description Rings of the coast around the sites: longitude and latitude by turns, degrees; filled even-odd. */
            land: number[][];
            legs: components["schemas"]["Legs"];
            /** @description Limits that hold for some of the time. */
            limits: components["schemas"]["LimitNote"][];
            metrics: components["schemas"]["ReadMetric"][];
            nodes: components["schemas"]["NodeSeries"][];
            /** @description Sites and nodes whose limit was passed. */
            overloads: components["schemas"]["Overload"][];
            /** @description Breaks and the time between shifts; none in a long run. */
            pauses: components["schemas"]["Pause"][];
            /** @description Demand charges that tariffs phase in, with what is billed of them. */
            phase_ins: components["schemas"]["Billed"][];
            provenance: components["schemas"]["Fact"][];
            /** @description Ways of trucks along the roads of the background. */
            routes: components["schemas"]["Route"][];
            sites: components["schemas"]["SiteSeries"][];
            sources: components["schemas"]["Source"][];
            start: string;
            /** @description Local time of each step. */
            times: string[];
            title: string;
            vehicles: components["schemas"]["VehicleGroup"][];
            waits: components["schemas"]["Waits"];
            warnings: string[];
            work: components["schemas"]["Work"];
            zone: string;
        };
        /** @description What to run. */
        RunRequest: {
            /** @description Changes on top. */
            changes: components["schemas"]["Change"][];
            /**
             * Format: int32
             * @description How many days, instead of the scenario's.
             */
            days: number | null;
            /** @description Path of the scenario inside the served folder. */
            scenario: string;
            /**
             * Format: int64
             * @description Seed of every random stream.
             */
            seed: number;
            /** @description Overlays beside it, by name. */
            strategies: string[];
        };
        /** @description All that there is to know of a requested run. */
        RunState: {
            /**
             * Format: int32
             * @description Hours, years or other parts that are done.
             */
            done: number;
            id: string;
            /** @description What there is to say: where it is, or why it ended. */
            message: string;
            /**
             * Format: int32
             * @description Of how many; 0 before it started, where nobody knows beforehand, and where it is known by its folder only.
             */
            of: number;
            request: components["schemas"]["Asked"];
            status: components["schemas"]["Status"];
            title: string;
            /** @description `hours`, `years`, `simulations` or `combinations of values`. */
            unit: string;
            /**
             * Format: int64
             * @description Counts changes of this state: the id of its event.
             */
            version: number;
        };
        /** @description All runs of the folder. */
        Runs: {
            /** @description Runs with results, the newest first. */
            finished: components["schemas"]["RunEntry"][];
            /** @description Older ones that are not listed. */
            finished_left_out: number;
            /** @description Runs without results: waiting, running, failed, cancelled, interrupted. */
            open: components["schemas"]["RunState"][];
        };
        /** @description A draft and the name of its file. */
        Save: {
            /** @description Changes on top. */
            changes: components["schemas"]["Change"][];
            /** @description Name of the new file beside the scenario, without `.toml`. */
            name: string;
            /** @description Path of the scenario inside the served folder. */
            scenario: string;
            /** @description Overlays beside it, by name: the new file builds on them. */
            strategies: string[];
        };
        /** @description A scenario in a list. */
        ScenarioEntry: {
            description: string;
            /** @description Does it go over years? */
            is_transition: boolean;
            /** @description Path inside the folder: what other requests name it by. */
            path: string;
            /** @description Overlays beside it, by name. */
            strategies: string[];
            /** @description Files beside it that may be tariffs. */
            tariffs: components["schemas"]["Choice"][];
            title: string;
        };
        /** @description What is wrong at one place of a scenario, as `portvolt validate --format json` lists it. */
        ScenarioError: {
            /** Format: int64 */
            column: number;
            /** @description Dotted path; may be empty. */
            field: string;
            /** @description Empty where it is not of a file. */
            file: string;
            /** @description How to fix it. */
            help: string | null;
            /**
             * Format: int64
             * @description From 1; 0 where unknown.
             */
            line: number;
            message: string;
        };
        /** @description What to search: the best of many designs of a scenario. */
        SearchRequest: {
            /** @description How much may be spent. */
            budget: components["schemas"]["BudgetSpec"];
            /** @description Changes on top, in all designs. */
            changes: components["schemas"]["Change"][];
            /**
             * Format: double
             * @description Probability with which a reported design holds its constraints, from 0.5 to below 1.
             */
            confidence: number;
            /** @description What must hold. */
            constraints: components["schemas"]["ConstraintSpec"][];
            /**
             * Format: int32
             * @description How many days, instead of the scenario's.
             */
            days: number | null;
            /** @description What may be chosen, by path. */
            decide: {
                [key: string]: components["schemas"]["Choices"];
            };
            /** @description Metrics of the whole region: one, or two for a Pareto front. */
            objectives: components["schemas"]["MetricName"][];
            /** @description Path of the scenario inside the served folder. */
            scenario: string;
            /**
             * Format: int64
             * @description Seed of every random stream.
             */
            seed: number;
            /** @description Overlays beside it, by name. */
            strategies: string[];
        };
        /** @description `optimize.json`. */
        SearchResult: {
            answer: components["schemas"]["FoundDesigns"];
            /** Format: double */
            budget_minutes: number | null;
            /**
             * Format: int64
             * @description Runs that could be spent, and the minutes that they were to take, where the study has them.
             */
            budget_runs: number;
            /**
             * Format: double
             * @description Probability with which a reported design holds its constraints.
             */
            confidence: number;
            constraints: components["schemas"]["ConstraintRow"][];
            decisions: components["schemas"]["DecisionRow"][];
            /** Format: int64 */
            designs_of_the_space: number;
            /** Format: int64 */
            designs_tried: number;
            /** @description Was every design of the space tried? */
            is_whole: boolean;
            /** @description How it was searched, with the source of the method. */
            method: string;
            metrics_of_the_design: components["schemas"]["DesignMetric"][];
            /** @description Metrics: one, or two for a Pareto front. */
            objectives: string[];
            /** Format: int64 */
            runs: number;
            scenario: string;
            /** Format: int64 */
            seed: number;
            settings: string[];
            /** @description What all designs are laid on. */
            strategy: string;
        };
        /** @description What one change of one number does to one strategy. */
        SensitivityEffect: {
            change: string;
            /** Format: double */
            difference: number | null;
            /** Format: double */
            difference_half_width: number | null;
            /** Format: double */
            effect: number | null;
            /** Format: double */
            effect_half_width: number | null;
            /** @description Whether the change raises the number; none where that cannot be told. */
            is_raised: boolean | null;
            /** Format: double */
            mean: number | null;
            parameter: string;
            strategy: string;
            value: string;
        };
        /** @description Which doubtful numbers decide a metric, or the choice between two strategies. */
        SensitivityRequest: {
            /**
             * Format: int32
             * @description How many days, instead of the scenario's.
             */
            days: number | null;
            metric: components["schemas"]["MetricName"] | null;
            /**
             * Format: int32
             * @description Points behind the shares.
             */
            points: number;
            /**
             * Format: int32
             * @description Random days behind every answer.
             */
            replications: number;
            /** @description Path of the scenario inside the served folder. */
            scenario: string;
            /**
             * Format: int64
             * @description Seed of every random stream.
             */
            seed: number;
            /** @description One strategy, or two to choose between: the second is compared with the first. */
            variants: components["schemas"]["Variant"][];
        };
        /** @description A share of the variance with its 95 % interval. */
        SharePart: {
            /** Format: double */
            high: number | null;
            /** Format: double */
            low: number | null;
            /** Format: double */
            value: number | null;
        };
        /** @description A place. */
        Site: {
            /** @description The site whose connection carries this one's too. */
            behind: string | null;
            /** @description Groups of chargers. */
            chargers: components["schemas"]["Chargers"][];
            /** @description Key of `[site]`. */
            key: string;
            /** @description Kind of place. */
            kind: string;
            /**
             * Format: double
             * @description Latitude, degrees north.
             */
            lat: number;
            /**
             * Format: double
             * @description Grid connection, kW.
             */
            limit_kw: number | null;
            /**
             * Format: double
             * @description Longitude, degrees east.
             */
            lon: number;
            /** @description Name for people. */
            name: string;
        };
        /** @description A site, for those who live beside it. */
        SiteCommunity: {
            key: string;
            kind: string;
            name: string;
            /** Format: double */
            nox_kg_first: number;
            /** Format: double */
            nox_kg_last: number;
            /** Format: double */
            pm25_kg_first: number;
            /** Format: double */
            pm25_kg_last: number;
            /** @description Trucks that came for a haul, by local hour, a day of the last year. */
            trucks_by_hour: number[];
        };
        /** @description One site over time. */
        SitePower: components["schemas"]["Headroom"] & {
            /**
             * Format: double
             * @description Highest load of an interval through the connection, with that of the sites behind it, kW.
             */
            carried_peak_kw: number;
            /**
             * Format: int32
             * @description When that interval began, seconds since the start, and the limit that held in it, kW; none where none did.
             */
            carried_peak_s: number;
            /** @description The least limit of each step, kW; empty where the limit never moves. */
            limits_kw: (number | null)[];
            /** @description Mean power of each step, kW. */
            mean_kw: number[];
            /** @description Highest mean power of an interval in each step, kW. */
            peak_kw: number[];
            /** Format: double */
            peak_limit_kw: number | null;
        };
        SiteSeries: components["schemas"]["Site"] & components["schemas"]["SitePower"] & {
            /** Format: int64 */
            ports: number;
            waiting: number[];
            /** @description Why the limit stood where it did when the load came nearest to it; may be empty. */
            worst_reason: string;
        };
        /** @description A source and how many numbers are from it. */
        Source: {
            /** @description Where to find it; may be empty. */
            address: string;
            /** @description How many numbers. */
            numbers: number;
            /** @description How far it can be trusted. */
            quality: string;
            /** @description Its title, or how the numbers were made. */
            title: string;
        };
        /** @description Where a site is. */
        Spot: {
            kind: string;
            /** Format: double */
            lat: number;
            /** Format: double */
            lon: number;
        };
        /** @description How one strategy stands in one metric; differences are to the baseline, on the same random days. */
        StandingRow: {
            /** Format: double */
            difference: number | null;
            /** Format: double */
            difference_half_width: number | null;
            /** @description Does it differ from the baseline, after the adjustment? */
            differs: boolean | null;
            /**
             * Format: int32
             * @description Best and worst place that the data allow; where they differ, the data cannot tell.
             */
            first_place: number | null;
            /**
             * Format: double
             * @description Half the width of the 95 % interval of the mean.
             */
            half_width: number | null;
            /** Format: int32 */
            last_place: number | null;
            /** Format: double */
            mean: number | null;
            /**
             * Format: double
             * @description p value of no difference, adjusted for the number of comparisons (Holm).
             */
            p_holm: number | null;
            /**
             * Format: double
             * @description Variance without common random days over that with them.
             */
            pairing_factor: number | null;
            /** Format: double */
            probability_best: number | null;
            strategy: string;
            /** @description Of what is better without work: that it did less, or may have done less, than the one that did most; told as a warning, too. */
            work_told: string | null;
        };
        /** @description One station over time. */
        StationSeries: {
            /** @description Least content of the bulk storage in each step, kg. */
            bulk_kg: number[];
            /**
             * @description Least content of the cascade in each step, kg: vehicles are served from it down to its least pressure,
             *     however full the bulk storage is.
             */
            cascade_kg: number[];
            key: string;
            most_waiting: number[];
            /** @description Minutes of each step in which a vehicle could not be served for lack of hydrogen. */
            out_min: number[];
            /** Format: int32 */
            positions: number;
            site: string;
            /** @description Vehicles that wait: mean of each step, and the highest mean of an interval in it. */
            waiting: number[];
        };
        /**
         * @description Where a run stands.
         * @enum {string}
         */
        Status: "queued" | "running" | "finished" | "failed" | "cancelled" | "interrupted";
        StudyPage: {
            doubtful: components["schemas"]["Doubtful"][];
            /** @description Names for people of places and fleets, by their paths such as `site.depot`. */
            names: {
                [key: string]: string;
            };
            provenance: components["schemas"]["Fact"][];
            sources: components["schemas"]["Source"][];
            study: components["schemas"]["Comparison"];
            title: string;
            /** @description What a careful reader should know before using the result. */
            warnings: string[];
        };
        /** @description A scenario that can be copied. */
        Template: {
            about: string;
            land: number[][];
            name: string;
            /** @description Its sites, and the coast around them: what its picture is drawn of. */
            sites: components["schemas"]["Spot"][];
            title: string;
        };
        /** @description Stop once the 95 % interval of every difference is narrow enough. */
        Until: {
            /** @description A metric of the whole region. */
            metric: components["schemas"]["MetricName"];
            /**
             * Format: int32
             * @description Give up after this many replications.
             */
            most: number;
            /**
             * Format: double
             * @description Half width of the interval over the baseline's mean, 0 to 1.
             */
            share: number;
        };
        /** @description A scenario with changes under a name, to be compared with others. */
        Variant: {
            /** @description Changes on top. */
            changes: components["schemas"]["Change"][];
            /** @description What it is called in the results. */
            name: string;
            /** @description Overlays beside the scenario, by name. */
            strategies: string[];
        };
        Vehicle: {
            /** @description Model or kind, number, and fleet of a truck. */
            label: string;
            /** Format: double */
            lowest: number;
            /** @description State of charge of each column, percent; none before the first and after the last session. */
            percent: (number | null)[];
        };
        /** @description `VehicleGroup` of one model and one owner. */
        VehicleGroup: {
            /**
             * Format: int32
             * @description How many.
             */
            count: number;
            /** @description `truck`, or the class of the equipment. */
            kind: string;
            /** @description Name for people of the model. */
            model: string;
            /** @description Name for people of the fleet or the terminal. */
            owner: string;
            /** @description What moves them. */
            powertrain: string;
        };
        Waits: {
            equipment: number[];
            longest: components["schemas"]["LongestWait"] | null;
            longest_min: (number | null)[];
            /** @description Mean and longest wait of the vehicles that came in each step, minutes; none where none came. */
            mean_min: (number | null)[];
            trucks: number[];
            up_to_min: (number | null)[];
            visitors: number[];
        };
        /** @description Hours of equipment by class and chart step; steps are of whole hours. */
        Work: {
            /**
             * Format: int32
             * @description Length of a step, seconds.
             */
            bucket_s: number;
            classes: {
                [key: string]: components["schemas"]["ClassHours"];
            };
            times: string[];
        };
        /** @description What the folder holds and what can be chosen. */
        WorkspaceView: {
            /** @description May plugins be put into the folder? */
            allows_plugins: boolean;
            /** @description What policies decide, and which ones are built in. */
            decisions: components["schemas"]["Decisions"][];
            /** @description The folder. */
            folder: string;
            /** @description Version of Portvolt. */
            portvolt: string;
            scenarios: components["schemas"]["ScenarioEntry"][];
            /** @description Further scenarios that are not listed: the folder holds too many. */
            scenarios_left_out: number;
            /** @description Tariffs that come with Portvolt. */
            tariffs: components["schemas"]["Choice"][];
            /** @description Scenarios that can be copied into the folder. */
            templates: components["schemas"]["Template"][];
        };
        /** @description What a load was made of when it passed its limit by most. */
        Worst: {
            /**
             * Format: double
             * @description The limit that held, kW.
             */
            limit_kw: number;
            /**
             * Format: double
             * @description Mean power through the connection or node, with what is behind it, kW.
             */
            load_kw: number;
            /** @description Kinds of load and their power, kW, the largest first; solar is taken off the sum. */
            loads: [
                string,
                number
            ][];
            /**
             * Format: int32
             * @description Start of the interval, from the start of the run, s.
             */
            start_s: number;
        };
        /** @description Where a scenario was written. */
        Written: {
            /** @description Path inside the served folder. */
            path: string;
            /** @description The file's text. */
            text: string;
        };
        YearsPage: {
            baseline: components["schemas"]["Other"] | null;
            co2e_kt: {
                [key: string]: number[];
            };
            cost_musd: {
                [key: string]: number[];
            };
            /**
             * Format: double
             * @description From this share of the cost on, what is left at the end decides the result.
             */
            decisive_share: number;
            description: string;
            doubtful: components["schemas"]["Doubtful"][];
            equipment: {
                [key: string]: number[];
            };
            /**
             * Format: double
             * @description Above this share of hauls lapsed, cost and emissions of a year mislead.
             */
            few_lapsed_share: number;
            grid: string;
            /** @description Hydrogen that vehicles got, t. */
            hydrogen_t: number[];
            lost: components["schemas"]["Lost"] | null;
            metrics: components["schemas"]["ReadMetric"][];
            /** Format: int32 */
            money_year: number;
            /** @description Demand charges that tariffs phase in. */
            phase_ins: components["schemas"]["PhaseIn"][];
            /** @description Projects at plants, as they stand in the last year. */
            plant_projects: components["schemas"]["PlantProject"][];
            policies: string;
            projects: components["schemas"]["Project"][];
            provenance: components["schemas"]["Fact"][];
            /** @description What is left at the end, as a key of `cost_musd`. */
            residual: string;
            rules: components["schemas"]["Rule"][];
            series: {
                [key: string]: (number | null)[];
            };
            sites: components["schemas"]["SiteCommunity"][];
            sources: components["schemas"]["Source"][];
            title: string;
            trucks: {
                [key: string]: number[];
            };
            warnings: string[];
            years: number[];
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
    start_comparison: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ComparisonRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunState"];
                };
            };
            /** @description a strategy has errors */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description the queue is full */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_events: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Runs"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    read_file: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FileRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileView"];
                };
            };
            /** @description it is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    use_file: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FileUse"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileUsed"];
                };
            };
            /** @description the name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description it is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description it cannot be read */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    land: {
        parameters: {
            query: {
                west: number;
                south: number;
                east: number;
                north: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": number[][];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    put_plugin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the file. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/wasm": number[];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description it is no plugin, or has no plain name */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description plugins are not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description the name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    list_runs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Runs"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunState"];
                };
            };
            /** @description the scenario has errors */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description the queue is full */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    run_state: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunState"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunState"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description it goes on, or has results */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunState"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description it is over */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["RunState"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    finish: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunState"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description it does not run, or is no comparison */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    page: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    report: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    summary: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Results"];
                };
            };
            /** @description the caller has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    tables: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the run. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    table: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the run. */
                id: string;
                /** @description Name of the table with its ending. */
                table: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.apache.parquet": number[];
                };
            };
            /** @description a part of it */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.apache.parquet": number[];
                };
            };
            /** @description the caller has it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description it is shorter */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    new_scenario: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewScenario"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Written"];
                };
            };
            /** @description the name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    put_background: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFile"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Written"];
                };
            };
            /** @description the name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description it is no map of this region */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    check: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Draft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Checked"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    scenario_file: {
        parameters: {
            query: {
                /** @description Path of the scenario inside the served folder. */
                scenario: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/toml": string;
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    background: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Draft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Background"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    plan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanOf"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanView"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    save_draft: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Save"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Written"];
                };
            };
            /** @description the name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description the draft has errors */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    put_tariff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFile"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Written"];
                };
            };
            /** @description the name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description it is no tariff */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    schema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunState"];
                };
            };
            /** @description the scenario or the search has errors */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description the queue is full */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    start_sensitivity: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SensitivityRequest"];
            };
        };
        responses: {
            202: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunState"];
                };
            };
            /** @description a strategy has errors */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description the queue is full */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
    workspace: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkspaceView"];
                };
            };
            /** @description any other error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorBody"];
                };
            };
        };
    };
}
