//! Contract: a plan has the cells that its study asks for, each with what decides it, and says what is wrong with a study.

use super::*;

fn plan() -> Plan {
    let cell = Cell {
        scenario: "depot".to_owned(),
        path: PathBuf::from("/a/depot"),
        strategy: Strategy::unchanged(),
        canonical: "c0ffee".to_owned(),
        inputs: BTreeMap::new(),
        named: BTreeMap::new(),
    };
    let points = vec![vec!["1".to_owned()], vec!["2".to_owned()]];
    Plan {
        schema: PLAN_SCHEMA,
        engine: engine().to_owned(),
        name: "s".to_owned(),
        settings: Vec::new(),
        seed: 1,
        replications: 5,
        block: 2,
        cells: vec![cell.clone(), Cell { canonical: "cafe".to_owned(), ..cell }],
        design: Design { parameters: vec!["a.b".to_owned()], points },
    }
}

/// 2 cells x 2 points x blocks of 2, 2 and 1 replications.
#[test]
fn shards_are_numbered_cell_by_cell() {
    let plan = plan();
    assert_eq!((plan.shards(), plan.runs()), (12, 20));
    assert_eq!(plan.which(0), Which { cell: 0, point: 0, first: 0, count: 2 });
    assert_eq!(plan.which(5), Which { cell: 0, point: 1, first: 4, count: 1 });
    assert_eq!(plan.which(11), Which { cell: 1, point: 1, first: 4, count: 1 });
}

/// A plan is data of whoever wrote it: what no plan of ours has is said before anything runs.
#[test]
fn a_plan_that_no_study_makes_is_refused() {
    let mut right = plan();
    right.cells[1].scenario = "port".to_owned();
    right.cells.iter_mut().for_each(|cell| cell.inputs = BTreeMap::from([("/a".to_owned(), "00".to_owned())]));
    assert_eq!(right.wrong(), None);
    let said = |change: &dyn Fn(&mut Plan)| {
        let mut plan = right.clone();
        change(&mut plan);
        plan.wrong().unwrap_or_default()
    };
    assert_eq!(said(&|plan| plan.cells[1].scenario = "depot".to_owned()), "`bau` of depot is there twice");
    assert_eq!(said(&|plan| plan.cells[1].inputs.clear()), "`bau` of port is made of no file");
    assert!(said(&|plan| plan.cells.clear()).starts_with("it has no shard"));
    assert!(said(&|plan| plan.design.points.clear()).starts_with("it has no shard"));
    assert!(said(&|plan| plan.replications = 0).starts_with("it has no shard"));
    assert!(said(&|plan| plan.block = 0).contains("hold no replication"));
    assert!(said(&|plan| plan.replications = u32::MAX).contains("more than 10000000 shards"));
    assert!(said(&|plan| plan.design.points[1].clear()).contains("not one value a parameter"));
    let twice = said(&|plan| {
        plan.design.parameters.push("a.b".to_owned());
        plan.design.points.iter_mut().for_each(|point| point.push("1".to_owned()));
    });
    assert_eq!(twice, "its design varies `a.b` twice");
    for part in ["", "/cells/0", "/design"] {
        let mut json = serde_json::to_value(&right).unwrap();
        json.pointer_mut(part).unwrap()["odd"] = 1.into();
        assert!(serde_json::from_value::<Plan>(json).unwrap_err().to_string().contains("odd"), "{part}");
    }
}

/// Whatever the size of a design, so many loads; the ends are among them.
#[test]
fn large_designs_are_tried_in_part() {
    let all: Vec<usize> = (0..199_000).collect();
    let tried = evenly(&all, MOST_TRIED);
    assert_eq!((tried.len(), tried[0], tried[MOST_TRIED - 1]), (MOST_TRIED, 0, 198_999));
    assert_eq!((evenly(&all[..3], 3), evenly(&all[..3], 2)), (vec![0, 1, 2], vec![0, 2]));
}

#[test]
fn a_key_changes_with_what_decides_and_with_nothing_else() {
    let key = |change: &dyn Fn(&mut Plan)| {
        let mut plan = plan();
        change(&mut plan);
        plan.key(0)
    };
    let plain = key(&|_| {});
    let others = [
        plan().key(1),
        plan().key(3),
        plan().key(6),
        key(&|plan| plan.engine.push('1')),
        key(&|plan| plan.seed = 2),
        key(&|plan| plan.block = 1),
        key(&|plan| plan.cells[0].canonical.push('0')),
        key(&|plan| plan.design.points[0][0].push('0')),
        key(&|plan| plan.design.parameters[0].push('c')),
        key(&|plan| {
            let file = BTreeMap::from([("b.csv".to_owned(), "bee".to_owned())]);
            plan.cells[0].named.insert("a.b=1".to_owned(), file);
        }),
    ];
    for (at, other) in others.iter().enumerate() {
        assert!(*other != plain && !others[..at].contains(other), "{at}");
    }
    // More replications, another name and another place on the disk make no other shard.
    assert_eq!(key(&|plan| plan.replications = 9), plain);
    assert_eq!(key(&|plan| plan.name = "t".to_owned()), plain);
    assert_eq!(key(&|plan| plan.cells[0].path = PathBuf::from("/b")), plain);
}
