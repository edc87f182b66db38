//! Logs of the Open Charge Point Protocol: transactions of 1.6 (`StartTransaction`, `StopTransaction`) and 2.0.1
//! (`TransactionEvent`), as messages (`[2, "id", "StartTransaction", {...}]`) or as objects with an action and a payload.

use super::stays::{Recorded, Stay};
use crate::document::problem::Mistakes;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// A message.
struct Message<'v> {
    at: usize,
    station: String,
    id: String,
    action: &'v str,
    payload: &'v Value,
}

/// A transaction as far as it has been read.
#[derive(Debug, Clone, Default)]
struct Transaction {
    at: usize,
    charger: String,
    token: Option<String>,
    begin: Option<Timestamp>,
    end: Option<Timestamp>,
    /// First and last reading of the register, Wh.
    first_wh: Option<f64>,
    last_wh: Option<f64>,
    power_kw: Option<f64>,
}

impl Transaction {
    fn read_wh(&mut self, wh: f64) {
        self.first_wh = self.first_wh.or(Some(wh));
        self.last_wh = Some(wh);
    }
}

/// Is this a log?
pub(super) fn is_log(document: &Value) -> bool {
    let Some(list) = document.as_array() else { return false };
    list.iter().take(200).enumerate().any(|(at, value)| {
        message(at, value)
            .is_some_and(|it| matches!(it.action, "StartTransaction" | "StopTransaction" | "TransactionEvent"))
    })
}

fn message(at: usize, value: &Value) -> Option<Message<'_>> {
    let word = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    if let Some(parts) = value.as_array() {
        let (kind, id) = (parts.first()?.as_i64()?, word(parts.get(1)?)?);
        return match kind {
            2 => Some(Message {
                at,
                station: String::new(),
                id,
                action: parts.get(2)?.as_str()?,
                payload: parts.get(3)?,
            }),
            3 => Some(Message { at, station: String::new(), id, action: "", payload: parts.get(2)? }),
            // An answer that something went wrong.
            4 => Some(Message { at, station: String::new(), id, action: "CallError", payload: value }),
            _ => None,
        };
    }
    let station = ["chargePointId", "chargePoint", "chargingStationId", "stationId", "station", "cp"];
    let station = station.iter().find_map(|key| value.get(*key).and_then(word)).unwrap_or_default();
    if let Some(inner) = value.get("message").filter(|inner| inner.is_array()) {
        return message(at, inner).map(|inner| Message { station, ..inner });
    }
    let action = ["action", "messageType", "type"].iter().find_map(|key| value.get(*key)?.as_str())?;
    let payload = ["payload", "data", "request"].iter().find_map(|key| value.get(*key)).unwrap_or(value);
    let id = ["messageId", "uniqueId", "id"].iter().find_map(|key| value.get(*key).and_then(word)).unwrap_or_default();
    Some(Message { at, station, id, action, payload })
}

/// Reads the transactions of a log. Those that have not ended are counted.
pub(super) fn stays(document: &Value, mistakes: &mut Mistakes<'_>) -> Recorded {
    let list = document.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut log = Log::default();
    for (at, value) in list.iter().enumerate() {
        match message(at, value) {
            Some(message) => {
                if let Err(wrong) = log.take(&message) {
                    mistakes.push(None, &format!("[{at}]"), wrong, None);
                }
            }
            None => log.others += 1,
        }
    }
    let mut vehicles: BTreeMap<String, usize> = BTreeMap::new();
    let (mut found, mut open) = (Vec::new(), log.waiting.len());
    for (key, transaction) in log.transactions {
        let label = format!("[{}] (transaction {key})", transaction.at);
        let (Some(arrive), Some(depart)) = (transaction.begin, transaction.end) else {
            open += 1;
            continue;
        };
        let energy = transaction.first_wh.zip(transaction.last_wh).map(|(first, last)| (last - first) / 1000.0);
        let Some(energy_kwh) = energy.filter(|kwh| (0.0..=1e5).contains(kwh)) else {
            mistakes.push(
                None,
                &label,
                "has no readings of its energy register, or they run backwards".to_owned(),
                None,
            );
            continue;
        };
        if depart <= arrive {
            mistakes.push(None, &label, "ends before it begins".to_owned(), None);
            continue;
        }
        let number = transaction.token.map(|token| {
            let next = vehicles.len() + 1;
            *vehicles.entry(token).or_insert(next)
        });
        let vehicle_id = number.map_or_else(|| key.clone(), |number| format!("vehicle {number}"));
        let (charger_id, power_kw) = (transaction.charger, transaction.power_kw);
        found.push(Stay {
            line: None,
            label,
            session_id: key,
            vehicle_id,
            charger_id,
            arrive,
            depart,
            energy_kwh,
            power_kw,
        });
    }
    let left_out = [
        (log.strays, "messages of transactions that the log does not begin"),
        (log.others, "entries that are no messages"),
        (log.unread, "readings that are no numbers"),
    ];
    let notes =
        left_out.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what} are left out"));
    Recorded { stays: found, open, notes: notes.collect() }
}

#[derive(Default)]
struct Log {
    transactions: BTreeMap<String, Transaction>,
    /// Starts of 1.6 that wait for the answer with the number of their transaction, by id of the message.
    waiting: BTreeMap<String, Transaction>,
    /// Messages of transactions whose begin is not in the log.
    strays: usize,
    /// Entries that are no messages.
    others: usize,
    /// Readings that are no numbers.
    unread: usize,
}

/// The time of a message, if it says one.
///
/// # Errors
/// When what it says is no time.
fn time_of(payload: &Value) -> Result<Option<Timestamp>, String> {
    match payload["timestamp"].as_str() {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| format!("`{text}` is no time")),
    }
}

impl Log {
    fn take(&mut self, message: &Message<'_>) -> Result<(), String> {
        let (payload, action) = (message.payload, message.action);
        let number = |key: &str| {
            payload[key].as_i64().map(|number| number.to_string()).or_else(|| payload[key].as_str().map(str::to_owned))
        };
        match action {
            "StartTransaction" => {
                let connector = payload["connectorId"].as_i64().unwrap_or(0);
                let charger = format!("{} {connector}", message.station).trim().to_owned();
                let token = payload["idTag"].as_str().map(str::to_owned);
                let begin = time_of(payload)?;
                let mut begun = Transaction { at: message.at, charger, token, begin, ..Transaction::default() };
                if let Some(wh) = payload["meterStart"].as_f64() {
                    begun.read_wh(wh);
                }
                match number("transactionId") {
                    Some(key) => self.begin(key, begun)?,
                    // The same message again, as stations send it that heard no answer.
                    None => drop(self.waiting.insert(message.id.clone(), begun)),
                }
            }
            "" => {
                if let (Some(begun), Some(key)) = (self.waiting.remove(&message.id), number("transactionId")) {
                    self.begin(key, begun)?;
                }
            }
            "StopTransaction" => {
                let Some(transaction) = number("transactionId").and_then(|key| self.transactions.get_mut(&key)) else {
                    self.strays += 1;
                    return Ok(());
                };
                transaction.end = time_of(payload)?;
                if let Some(wh) = payload["meterStop"].as_f64() {
                    transaction.read_wh(wh);
                }
            }
            "MeterValues" => match number("transactionId").and_then(|key| self.transactions.get_mut(&key)) {
                Some(transaction) => self.unread += values(&payload["meterValue"], transaction),
                // Without a number it is a reading of the clock, outside of any transaction.
                None => self.strays += usize::from(number("transactionId").is_some()),
            },
            "TransactionEvent" => self.event(message, time_of(payload)?),
            _ => {}
        }
        Ok(())
    }

    /// Begins a transaction; the same begin again is no other.
    fn begin(&mut self, key: String, begun: Transaction) -> Result<(), String> {
        match self.transactions.get(&key) {
            Some(known) if known.begin != begun.begin || known.charger != begun.charger => {
                Err(format!("transaction {key} begins again, after [{}]", known.at))
            }
            Some(_) => Ok(()),
            None => {
                self.transactions.insert(key, begun);
                Ok(())
            }
        }
    }

    /// An event of 2.0.1.
    fn event(&mut self, message: &Message<'_>, time: Option<Timestamp>) {
        let payload = message.payload;
        let Some(key) = payload["transactionInfo"]["transactionId"].as_str() else {
            self.strays += 1;
            return;
        };
        let transaction = self.transactions.entry(key.to_owned()).or_insert_with(|| Transaction {
            at: message.at,
            charger: message.station.clone(),
            ..Transaction::default()
        });
        if let Some(evse) = payload["evse"]["id"].as_i64() {
            let connector = payload["evse"]["connectorId"].as_i64().map_or(String::new(), |id| format!("-{id}"));
            format!("{} {evse}{connector}", message.station).trim().clone_into(&mut transaction.charger);
        }
        transaction.token =
            transaction.token.take().or_else(|| payload["idToken"]["idToken"].as_str().map(str::to_owned));
        transaction.begin = transaction.begin.or(time);
        if payload["eventType"] == "Ended" {
            transaction.end = time;
        }
        self.unread += values(&payload["meterValue"], transaction);
    }
}

/// Readings of the energy register and of power, in either version; how many are no numbers.
fn values(meter: &Value, transaction: &mut Transaction) -> usize {
    let mut unread = 0;
    for sample in
        meter.as_array().into_iter().flatten().flat_map(|value| value["sampledValue"].as_array().into_iter().flatten())
    {
        // A phase is a part of the whole.
        if sample["phase"].is_string() {
            continue;
        }
        let value = sample["value"].as_f64().or_else(|| sample["value"].as_str()?.parse().ok());
        let Some(value) = value.filter(|value| value.is_finite()) else {
            unread += 1;
            continue;
        };
        let unit = sample["unit"].as_str().or_else(|| sample["unitOfMeasure"]["unit"].as_str()).unwrap_or("Wh");
        let power = sample["unitOfMeasure"]["multiplier"].as_f64().unwrap_or(0.0);
        let scale = crate::kernel::math::pow(10.0, power) * if unit.starts_with('k') { 1000.0 } else { 1.0 };
        match sample["measurand"].as_str().unwrap_or("Energy.Active.Import.Register") {
            "Energy.Active.Import.Register" => transaction.read_wh(value * scale),
            "Power.Active.Import" => {
                let kw = value
                    * if sample.get("unit").is_none() && sample.get("unitOfMeasure").is_none() { 1.0 } else { scale }
                    / 1000.0;
                transaction.power_kw = Some(transaction.power_kw.unwrap_or(0.0).max(kw));
            }
            _ => {}
        }
    }
    unread
}
