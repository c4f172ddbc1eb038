//! Makes a grouping from the lists of keys and aggregates as written.

use std::sync::Arc;

use super::{GroupOrder, Grouping, Key, Output, Reader, StatePlan};
use crate::core::data::number::Number;
use crate::core::data::value::Value;
use crate::core::error::{Code, Problem, Result};
use crate::core::registry::{find, nearest};
use crate::process::aggregate::{Argument, Named, Parameters, known_names, resolve, suggest};
use crate::process::expr::function::FUNCTIONS;
use crate::process::expr::{AggregateCall, Item, Kind, Parsed, Program, Split, columns, parse_list, split, visit};
use crate::process::stage::Setup;

/// The lists as written.
pub(in crate::process::stage) struct Written<'a> {
    /// Key columns; none makes one group of all rows.
    pub(in crate::process::stage) keys: Option<&'a str>,
    /// Lists of aggregates; none is a count.
    pub(in crate::process::stage) aggregates: Vec<&'a str>,
    /// In which order groups come out.
    pub(in crate::process::stage) order: GroupOrder,
}

/// Binds what was written.
pub(in crate::process::stage) fn bind(written: &Written<'_>, setup: &Setup) -> Result<Grouping> {
    let mut grouping = Grouping {
        keys: Vec::new(),
        arguments: Vec::new(),
        read: Vec::new(),
        states: Vec::new(),
        outputs: Vec::new(),
        order: written.order,
        strict: setup.env.strict,
    };
    let aggregates = known_names();
    for item in written.keys.map(parse_list).transpose()?.unwrap_or_default() {
        let program = Program::bind(&item.value, &setup.env, &aggregates)?;
        grouping.keys.push(Key { name: item.result_name().into(), program });
        grouping.read.push(item.value);
    }
    let mut binder = Binder { grouping, arguments: Vec::new(), setup };
    for list in &written.aggregates {
        for item in parse_list(list)? {
            binder.output(&item)?;
        }
    }
    if written.aggregates.is_empty() {
        for item in parse_list("count()")? {
            binder.output(&item)?;
        }
    }
    check_names(&binder.grouping)?;
    Ok(binder.grouping)
}

/// A grouping in the making.
struct Binder<'a> {
    grouping: Grouping,
    /// The text of each argument.
    arguments: Vec<String>,
    setup: &'a Setup,
}

impl Binder<'_> {
    /// Adds an aggregate column.
    fn output(&mut self, item: &Item) -> Result<()> {
        let parts = split(&item.value, &|name| resolve(name).is_some())?;
        self.check_rest(&parts)?;
        let calls: Vec<Reader> = parts.calls.iter().map(|call| self.call(&item.value, call)).collect::<Result<_>>()?;
        let bind_rest = || Program::bind(&parts.rest, &self.setup.env, &known_names());
        let rest = if parts.is_one_call() { None } else { Some(bind_rest()?) };
        self.grouping.outputs.push(Output { name: item.result_name().into(), calls, rest });
        Ok(())
    }

    /// Outside of aggregates only functions, constants and keys may stand.
    fn check_rest(&self, parts: &Split) -> Result<()> {
        let mut problem = None;
        visit(&parts.rest.expr, &mut |part| {
            let found = match &part.kind {
                Kind::Call { name, at, .. } if find(FUNCTIONS, name).is_none() => {
                    Some(parts.rest.problem(*at, format!("unknown aggregate '{name}'")).hint(suggest(name)))
                }
                Kind::Call { name, .. } if name == "file" => {
                    let message = "file() is of a record, not of a group";
                    Some(parts.rest.problem(part.span, message).hint("first(file()), or add it to -g"))
                }
                Kind::Column(column) if self.is_mistyped(&column.name) => {
                    let message = format!("'{}' is neither a key nor an aggregate", column.name);
                    Some(parts.rest.problem(part.span, message).hint(suggest(&column.name)))
                }
                Kind::Column(column) if !self.grouping.keys.iter().any(|key| *key.name == *column.name) => {
                    let name = &column.name;
                    let message = format!("'{name}' is a column, not an aggregate");
                    Some(parts.rest.problem(part.span, message).hint(format!("first({name}), or add it to -g")))
                }
                Kind::Position(n) => {
                    let message = format!("col({n}) is a column, not an aggregate");
                    Some(parts.rest.problem(part.span, message).hint(format!("first(col({n}))")))
                }
                _ => None,
            };
            problem = problem.take().or(found);
        });
        problem.map_or(Ok(()), |problem| Err(problem.into()))
    }

    /// Whether a name that is no key looks like that of an aggregate.
    fn is_mistyped(&self, name: &str) -> bool {
        !self.grouping.keys.iter().any(|key| *key.name == *name) && nearest(name, known_names()).is_some()
    }

    /// Finds or adds the accumulator of a call.
    fn call(&mut self, item: &Parsed, call: &AggregateCall) -> Result<Reader> {
        let named = resolve(&call.name).ok_or_else(|| {
            item.problem(call.at, format!("unknown aggregate '{}'", call.name)).hint(suggest(&call.name))
        })?;
        let aggregate = &named.row.item;
        let (least, most, given) =
            (aggregate.arguments.len() - aggregate.optional, aggregate.arguments.len(), call.args.len());
        if given < least || given > most {
            let message =
                format!("'{}' does not take {given} argument{}", call.name, if given == 1 { "" } else { "s" });
            return Err(item.problem(call.span, message).hint(format!("write {}", named.row.usage)).into());
        }
        let mut inputs = Vec::new();
        let mut asked: Parameters = named.preset.into_iter().map(Value::Number).collect();
        for (argument, given) in aggregate.arguments.iter().zip(&call.args) {
            if argument.is_input() {
                inputs.push(self.argument(given, *argument)?);
            } else {
                asked.push(self.parameter(&named, *argument, given)?);
            }
        }
        let (argument, second) = (inputs.first().copied(), inputs.get(1).copied());
        let states = &mut self.grouping.states;
        let same = |plan: &StatePlan| {
            plan.state.name == aggregate.state.name && plan.argument == argument && plan.second == second
        };
        let state = states.iter().position(same).unwrap_or(states.len());
        let call = item.source.get(call.span.start..call.span.end).unwrap_or_default();
        if state == states.len() {
            states.push(StatePlan {
                state: aggregate.state,
                argument,
                second,
                asked: Vec::new(),
                sum: None,
                call: call.to_string(),
            });
        }
        let Some(plan) = states.get_mut(state) else {
            return Err(Problem::new(Code::Internal, "an aggregate has no state").into());
        };
        if named.row.name == "sum" && plan.sum.is_none() {
            plan.sum = Some(call.to_string());
        }
        plan.asked.push(asked);
        Ok(Reader { state, asked: plan.asked.len() - 1, read: aggregate.read })
    }

    /// Finds or adds an argument.
    fn argument(&mut self, input: &Parsed, kind: Argument) -> Result<usize> {
        let known = self.arguments.iter().position(|text| text == input.text());
        if known.is_none() {
            self.grouping.arguments.push(Program::bind(input, &self.setup.env, &known_names())?);
            self.grouping.read.push(input.clone());
            self.arguments.push(input.text().to_string());
        }
        let at = known.unwrap_or(self.arguments.len() - 1);
        if kind == Argument::Condition
            && let Some(program) = self.grouping.arguments.get(at)
        {
            program.check_condition(input)?;
        }
        Ok(at)
    }

    /// A constant parameter.
    fn parameter(&self, named: &Named, kind: Argument, parameter: &Parsed) -> Result<Value<'static>> {
        let bind = || Program::bind(parameter, &self.setup.env, &known_names());
        let value = if columns(&parameter.expr).is_empty() { bind()?.constant() } else { None };
        let number = value.as_ref().and_then(Value::to_number).and_then(|number| match number {
            // The digits that a double prints are what was meant: 1/4 is 0.25.
            Number::Float(_) => {
                let mut digits = Vec::new();
                number.write(&mut digits);
                Number::parse(&digits)
            }
            Number::Exact { .. } => Some(number.normal()),
        });
        let (found, wanted) = match kind {
            Argument::Share => (
                number.filter(|number| *number >= Number::ZERO && *number <= Number::int(1)).map(Value::Number),
                "a constant from 0 to 1",
            ),
            Argument::Count => (
                number.filter(|number| *number >= Number::int(1) && number.to_integer().is_some()).map(Value::Number),
                "a constant count from 1",
            ),
            _ => (value.filter(|value| !value.is_null()), "a constant text"),
        };
        found.ok_or_else(|| {
            let message = format!("'{}' needs {wanted}", named.row.name);
            parameter.problem(parameter.expr.span, message).hint(format!("write {}", named.row.usage)).into()
        })
    }
}

/// Refuses two columns of the same name.
fn check_names(grouping: &Grouping) -> Result<()> {
    let names: Vec<Arc<str>> = grouping.names();
    for (index, name) in names.iter().enumerate() {
        if names.iter().take(index).any(|other| other == name) {
            let problem = Problem::new(Code::Plan, format!("two columns of the result are named '{name}'"));
            return Err(problem.hint(format!("name one of them: other={name}")).into());
        }
    }
    Ok(())
}
