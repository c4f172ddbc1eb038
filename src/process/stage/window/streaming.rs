//! Window functions that only look back: states pass from batch to batch.

use std::sync::Arc;

use super::Plan;
use super::state::State;
use crate::core::data::batch::Batch;
use crate::core::data::value::Value;
use crate::core::error::{Problem, Result};
use crate::core::exec::cancel::Cancel;
use crate::core::exec::relay::Relay;
use crate::process::aggregate::key_set::{KeySet, Seed};
use crate::process::expr::Tally;
use crate::process::stage::keys::{KeyOf, Keys};
use crate::process::stage::remarks::Told;
use crate::process::stage::{Rows, Scope};

/// The operation.
pub(super) struct Streaming {
    plan: Arc<Plan>,
    of: KeyOf,
    seed: Seed,
    states: Relay<States>,
    told: Told<Vec<Tally>>,
}

/// The groups so far, and the states of all calls of each.
#[derive(Debug)]
struct States {
    keys: KeySet,
    of_group: Vec<Vec<State>>,
}

impl Streaming {
    /// Starts with no groups.
    pub(super) fn new(plan: Arc<Plan>, of: KeyOf, cancel: &Cancel) -> Self {
        let seed = Seed::default();
        let states = States { keys: KeySet::new(seed.clone()), of_group: Vec::new() };
        Self { plan, of, seed, states: Relay::new(states, cancel.clone()), told: Told::default() }
    }
}

impl Rows for Streaming {
    fn apply(&self, batch: &mut Batch, scope: &mut Scope<'_>) -> Result<()> {
        let mut tallies = self.plan.tallies();
        let mut here = KeySet::new(self.seed.clone());
        let groups: Vec<usize> = Keys::new(&self.of, batch).iter().map(|key| here.number(key)).collect();
        let arguments = self.plan.arguments(batch, &mut tallies);
        let shared = &*batch;
        let results = self.states.advance(scope.seq, |states| {
            let numbers = states.keys.number_all(&here);
            let fresh = || self.plan.calls.iter().map(State::new).collect();
            states.of_group.resize_with(states.keys.len(), fresh);
            let mut results: Vec<Vec<Value<'static>>> = vec![Vec::with_capacity(groups.len()); self.plan.calls.len()];
            for (at, call) in self.plan.calls.iter().enumerate() {
                let (Some(results), Some(values)) = (results.get_mut(at), arguments.get(at)) else { continue };
                for (row, group) in shared.rows().zip(&groups) {
                    let group = numbers.get(*group).copied().unwrap_or_default();
                    let value = values.as_ref().map_or(Value::Null, |values| shared.value_of(values, row));
                    let state = states.of_group.get_mut(group).and_then(|states| states.get_mut(at));
                    results.push(state.map_or(Value::Null, |state| state.step(call, value)));
                }
            }
            results
        })?;
        self.plan.finish(batch, results, &mut tallies);
        self.told.add(tallies, &mut scope.remarks);
        Ok(())
    }

    fn notes(&self) -> Vec<Problem> {
        self.told.look(|tallies| self.plan.notes(tallies))
    }
}
