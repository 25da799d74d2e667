//! The subject does it to a place: "rebels captured Hama".

use super::super::clauses::{Subject, Verb};
use super::super::lexicon::{Class, Deed, lexicon};
use super::super::objects::Target;
use super::super::phrases;
use super::super::polarity::{self, Polarity};
use super::super::scene::{Said, Scene, Who, is_reference};
use super::super::topics::Wanted;
use super::super::units::{Kind, Line, can_change_hands};
use super::fights::from_afar;
use super::{Clause, target};

/// What a force or an administration gives up with its town.
const POSTS: &[&str] = &[
    "offices",
    "posts",
    "positions",
    "headquarters",
    "barracks",
    "bases",
    "checkpoints",
    "stations",
    "outposts",
    "trenches",
    "buildings",
    "garrisons",
];

impl Scene<'_> {
    pub(super) fn active(&mut self, clause: &Clause<'_>) -> bool {
        let verb = clause.verb();
        let Clause { line, verbs, trigger, after, limit, n, .. } = *clause;
        let fighting = matches!(trigger.deed, Deed::Contested);
        if fighting && from_afar(line, verb.at, limit) {
            return false;
        }
        let mut found = self.view(line, limit).targets(after);
        if found.places.is_empty() && trigger.pattern.is_empty() {
            // "that the enemy had occupied": the place stands before the clause.
            found.places = self.relative_object(line, verb, after);
            found.end = after;
        }
        // "Near Nasiriyah, armour has reached the Euphrates".
        let mut deed = trigger.deed;
        if found.places.is_empty()
            && matches!(deed, Deed::Reached | Deed::Contested | Deed::Advanced)
            && (trigger.pattern.is_empty() || fighting)
        {
            found.places = self.locative(line);
            found.end = after;
            if deed == Deed::Reached {
                deed = Deed::Advanced;
            }
        }
        if found.places.is_empty()
            && deed == Deed::Contested
            && trigger.pattern.is_empty()
            && let Subject::Chain(chain) = &verb.subject
        {
            // "A handful of defenders in the suburb were still shooting".
            let stays = verb.lemma != "shoot" || line.units[verb.start..verb.at].iter().any(|u| u.low == "still");
            let place = chain.phrases.iter().skip(1).find_map(|p| {
                (stays && matches!(line.low(p.start.wrapping_sub(1)), "in" | "at" | "inside"))
                    .then(|| self.view(line, verb.start).targets(p.start))
            });
            if let Some(inside) = place {
                found.places = inside.places;
                found.end = after;
            }
        }
        if found.places.is_empty()
            && deed == Deed::Besieged
            && trigger.pattern.is_empty()
            && let Some(object) = phrases::right(line, after)
        {
            let inside =
                matches!(line.low(object.end), "in" | "at" | "inside") && self.eye.armed(line, &object).is_some();
            if inside {
                found = self.view(line, limit).targets(object.end + 1);
            }
        }
        // "left their offices in Sweida": who governed is gone.
        if found.places.is_empty()
            && deed == Deed::Withdrew
            && let Some(object) = phrases::right(line, after)
            && POSTS.contains(&line.low(object.end - 1))
            && matches!(line.low(object.end), "in" | "at" | "around" | "outside" | "across")
        {
            found = self.view(line, limit).targets(object.end + 1);
        }
        if found.places.is_empty() && verb.relative && trigger.pattern.last() == Some(&"of") {
            return false;
        }
        if found.places.is_empty() {
            return false;
        }
        let who = self.who(line, verb);
        let Who::Party(actor) = who else { return false };
        let from = self.loser_after(line, found.end, limit);
        let mut polarity = polarity::of_verb(line, verbs, n);
        // An order to leave, given by the own side, is the leaving.
        if polarity == Polarity::Unreal && matches!(trigger.deed, Deed::Withdrew) && ordered_to_leave(line, verbs, n) {
            polarity = Polarity::Fact;
        }
        if matches!(deed, Deed::Withdrew | Deed::Entered | Deed::Reached | Deed::Advanced) && travels(line, verb) {
            return false;
        }
        if matches!(verb.lemma, "leave" | "depart") && self.marches_off(line, verb) {
            return false;
        }
        let said = clause.said(deed).by(Some(actor)).off(from).if_so(polarity).over(verb.start..found.end);
        let after_places = found.end;
        self.record(line, verbs, &said, found.places);
        self.gapped(line, verbs, &said, after_places);
        true
    }

    /// A unit that leaves a place on its way to another gives nothing up.
    pub(super) fn marches_off(&self, line: &Line, verb: &Verb) -> bool {
        let Subject::Chain(chain) = &verb.subject else { return false };
        let head = phrases::head(line, &chain.phrases[0]);
        chain.phrases.len() == 1
            && matches!(
                line.low(head),
                "division"
                    | "column"
                    | "convoy"
                    | "brigade"
                    | "regiment"
                    | "battalion"
                    | "patrol"
                    | "corps"
                    | "columns"
                    | "fleet"
            )
    }

    /// "Kidal fell on Friday and Gao, the largest town, on Saturday": the same verb, left out.
    pub(super) fn gapped(&mut self, line: &Line, verbs: &[Verb], said: &Said, from: usize) {
        let mut at = from;
        for _ in 0..8 {
            let end = (at..line.units.len())
                .find(|i| line.units[*i].is_verb() || line.units[*i].kind == Kind::Break)
                .unwrap_or(line.units.len());
            // A date closes the clause before.
            let Some(dated) = (at..end).find(|i| matches!(line.units[*i].kind, Kind::Date(_))) else { return };
            let mut and = dated + 1;
            if line.get(and).is_some_and(|u| u.kind == Kind::Comma) {
                and += 1;
            }
            if line.low(and) == "and" {
                and += 1;
            } else if and == dated + 1 {
                return;
            }
            let Some(mention) = line.get(and).and_then(|u| u.place()).filter(|m| can_change_hands(&self.mentions[*m]))
            else {
                return;
            };
            let Some(next) = (and + 1..end).find(|i| matches!(line.units[*i].kind, Kind::Date(_))) else { return };
            let gap = Said {
                deed: said.deed,
                actor: said.actor,
                from: said.from,
                polarity: said.polarity,
                verb: said.verb,
                at: next - 1,
                present: false,
                units: and..next + 1,
            };
            self.record(line, verbs, &gap, vec![target(mention, false)]);
            at = next;
        }
    }

    /// "… the village that the enemy had occupied": the last place named before the subject, not counting references.
    pub(super) fn relative_object(&mut self, line: &Line, verb: &Verb, after: usize) -> Vec<Target> {
        let Subject::Chain(chain) = &verb.subject else { return Vec::new() };
        let start = chain.range().start;
        if verb.relative || start == 0 || start > verb.at {
            return Vec::new();
        }
        // Nothing may follow that could be the object.
        if line.get(after).is_some_and(|u| u.is_nominal()) {
            return Vec::new();
        }
        let before = &line.units[start - 1];
        let relative = before.kind == Kind::Function && matches!(before.low.as_str(), "which" | "that");
        let zero = before.kind == Kind::Noun && line.units[chain.phrases[0].start].kind == Kind::Function;
        if !relative && !zero {
            return Vec::new();
        }
        let place = (line.body..start).rev().find_map(|i| {
            let mention = line.units[i].place()?;
            let next_to = relative && i + 4 >= start;
            ((next_to || !is_reference(line, i)) && can_change_hands(&self.mentions[mention])).then_some((i, mention))
        });
        let Some((at, mention)) = place else {
            let antecedent = phrases::left(line, if relative { start - 1 } else { start });
            let settles = antecedent.is_some_and(|a| line.units[phrases::head(line, &a)].is(Class::SETTLEMENT));
            let mention = settles.then(|| self.topics.find(self.mentions, Wanted::Town, None)).flatten();
            return mention.map(|m| target(m, true)).into_iter().collect();
        };
        let mut all = vec![target(mention, false)];
        if at >= 2
            && line.low(at - 1) == "and"
            && let Some(first) = line.units[at - 2].place()
        {
            all.insert(0, target(first, false));
        }
        all
    }
}

/// A single person on the move is a traveller, unless with an armed following.
pub(super) fn travels(line: &Line, verb: &Verb) -> bool {
    let Subject::Chain(chain) = &verb.subject else { return false };
    let head = phrases::head(line, &chain.phrases[0]);
    let unit = &line.units[head];
    let person = matches!(
        unit.low.as_str(),
        "president"
            | "minister"
            | "leader"
            | "premier"
            | "governor"
            | "chief"
            | "commander"
            | "general"
            | "emir"
            | "envoy"
            | "spokesman"
            | "official"
            | "officials"
            | "king"
            | "sheikh"
            | "colonel"
    );
    let single = !matches!(line.low(chain.phrases[0].start), "the" | "a" | "an")
        && unit.capital
        && unit.kind == Kind::Noun
        && !unit.is(Class::FORCE)
        && !unit.is(Class::WEAK)
        && !unit.low.ends_with('s')
        && chain.joined.is_none()
        && unit.tokens.len() == 1
        && unit.low.chars().any(char::is_lowercase)
        && !lexicon().is_group_folded(&unit.low)
        && (chain.phrases[0].len() >= 2 || head == chain.phrases[0].start);
    let named_force =
        chain.phrases[0].clone().any(|i| line.units[i].is(Class::FORCE) || line.units[i].is(Class::REBEL));
    let following = line.units.iter().any(|u| u.is(Class::FORCE) || matches!(u.low.as_str(), "head" | "men"));
    (person || single) && !named_force && !following
}

/// "ordered his men to leave the town": the order's own verb is an order.
pub(super) fn ordered_to_leave(line: &Line, verbs: &[Verb], n: usize) -> bool {
    // "ordered the militia to leave" is a threat; "ordered his men to leave" is done.
    let own = n > 0
        && (verbs[n - 1].at + 1 == verbs[n].start || line.get(verbs[n - 1].at + 1).is_some_and(|u| u.is(Class::POSS)));
    own && verbs[n].infinitive
        && n > 0
        && matches!(verbs[n - 1].lemma, "order" | "agree" | "decide" | "force")
        && !verbs[n - 1].negated
        && !verbs[n - 1].modal
        && !verbs[n - 1].infinitive
}
