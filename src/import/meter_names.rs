//! Names that utilities and people give the columns of a meter's table, in small letters without signs.

pub(super) const DATE: [&str; 9] =
    ["date", "usage date", "read date", "reading date", "service date", "day", "interval date", "datum", "meter date"];
pub(super) const START: [&str; 42] = [
    "start",
    "start time",
    "start date time",
    "startdatetime",
    "starttime",
    "start datetime",
    "interval start",
    "interval start time",
    "interval start date time",
    "interval start datetime",
    "interval beginning",
    "hour beginning",
    "period start",
    "begin",
    "begin time",
    "from",
    "from time",
    "start date",
    "datetime",
    "date time",
    "date and time",
    "date hour",
    "timestamp",
    "time stamp",
    "local time",
    "local datetime",
    "local timestamp",
    "reading time",
    "reading date time",
    "read time",
    "read date time",
    "read datetime",
    "reading datetime",
    "meter read time",
    "interval time",
    "interval date time",
    "interval datetime",
    "time",
    "usage start",
    "zeit",
    "zeitstempel",
    "utc",
];
/// Names among those that say that the time is a beginning.
pub(super) const SAY_START: [&str; 6] = ["start", "begin", "beginning", "from", "starttime", "startdatetime"];
pub(super) const END: [&str; 15] = [
    "end",
    "end time",
    "enddatetime",
    "endtime",
    "end datetime",
    "end date time",
    "interval end",
    "interval end time",
    "interval ending",
    "period end",
    "to",
    "until",
    "ending",
    "end date",
    "interval end datetime",
];
pub(super) const HOUR: [&str; 7] = ["hour", "hour ending", "hour of day", "he", "hr", "hour end", "hours"];
pub(super) const EXPORT: [&str; 6] = ["export", "exported", "received", "generation", "generated", "feed"];
/// Names that are those of exported energy without more: `received` alone may be a time.
pub(super) const EXPORT_ALONE: [&str; 5] = ["export", "exported", "generation", "generated", "feed in"];
/// Columns that tell meters apart.
pub(super) const METER: [&str; 14] = [
    "meter",
    "meter number",
    "meter no",
    "meter id",
    "meter name",
    "service point",
    "service point id",
    "service id",
    "service agreement",
    "sa id",
    "usage point",
    "esi id",
    "esiid",
    "account number",
];
/// Words behind the name of a column of times that say whose clock it is.
pub(super) const CLOCKS: [&str; 9] = ["utc", "gmt", "local", "local time", "pst", "pdt", "pt", "lst", "ldt"];
/// Values without a unit: the name, and what it means where the unit has to be assumed.
pub(super) const VALUES: [(&str, Option<&str>); 11] = [
    ("usage", Some("kWh")),
    ("consumption", Some("kWh")),
    ("energy", Some("kWh")),
    ("import", Some("kWh")),
    ("delivered", Some("kWh")),
    ("demand", Some("kW")),
    ("power", Some("kW")),
    ("load", None),
    ("value", None),
    ("reading", None),
    ("quantity", None),
];
/// Columns that say how good a reading is.
pub(super) const QUALITY: [&str; 11] = [
    "quality",
    "data quality",
    "reading quality",
    "read quality",
    "quality code",
    "quality flag",
    "status",
    "reading status",
    "read type",
    "reading type",
    "estimated",
];
/// Words of a name of what a meter's register shows: all that it ever counted.
pub(super) const REGISTER: [&str; 7] =
    ["reading", "readings", "register", "cumulative", "totalizer", "totaliser", "odometer"];
/// Columns about something else.
pub(super) const OTHER: [&str; 12] = [
    "cost",
    "price",
    "charge",
    "amount",
    "temp",
    "temperature",
    "quality",
    "reactive",
    "kvar",
    "kvarh",
    "factor",
    "notes",
];
