//! The plots of docs/speed.md are its tables: `BINDERY_UPDATE=1 cargo test -p bindery-tests --test main plots`.

use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Of a section whose ratios are plotted.
const HEADING: &str = ": ratio to `";

const WIDTH: f64 = 760.0;
const LEFT: f64 = 290.0;
const RIGHT: f64 = 700.0;
const TOP: f64 = 66.0;
const ROW: f64 = 20.0;
/// The least ratio of the scale, which is logarithmic.
const LEAST: f64 = 0.25;
/// It ends at the first that no ratio is beyond, but not before the one of this place.
const TICKS: [f64; 9] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
const FEWEST_TICKS: usize = 5;

const STYLE: &str = "\
  <style>
    text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1f2328; }
    .note { font-size: 12px; fill: #57606a; }
    .end { text-anchor: end; }
    .mid { text-anchor: middle; }
    .line { stroke: #d0d7de; }
    .one { stroke: #57606a; stroke-width: 1.5; }
    .s0 { fill: #0969da; }
    .s1 { fill: #bc4c00; }
    .s2 { fill: #1a7f37; }
    .s3 { fill: #8250df; }
    .s4 { fill: #9a6700; }
    .s5 { fill: #cf222e; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .note { fill: #9198a1; }
      .line { stroke: #30363d; }
      .one { stroke: #9198a1; }
      .s0 { fill: #58a6ff; }
      .s1 { fill: #f0883e; }
      .s2 { fill: #3fb950; }
      .s3 { fill: #bc8cff; }
      .s4 { fill: #d29922; }
      .s5 { fill: #ff7b72; }
    }
  </style>
";

/// A table of ratios.
#[derive(Debug, PartialEq)]
struct Plot {
    title: String,
    picture: String,
    names: Vec<String>,
    rows: Vec<(String, Vec<Option<f64>>)>,
}

#[test]
fn the_plots_are_those_of_the_tables() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let page = fs::read_to_string(docs.join("speed.md")).expect("the page is there");
    let plots = plots(&page);
    assert_eq!(plots.len(), 4, "{plots:?}");
    for plot in &plots {
        let file = docs.join(&plot.picture);
        let drawn = drawn(plot);
        if std::env::var_os("BINDERY_UPDATE").is_some() {
            fs::write(&file, &drawn).expect("the picture can be written");
        }
        assert!(
            fs::read_to_string(&file).unwrap_or_default() == drawn,
            "docs/{} is not what the table says: run this test with BINDERY_UPDATE=1",
            plot.picture
        );
    }
}

#[test]
fn a_section_of_ratios_is_read() {
    let page = "## A\n\n| | x |\n|---|---|\n| a | 1.00 / 2.00 |\n\n## B: ratio to `c`\n\n![B](pictures/b.svg)\n\n\
                |  | x | y |\n|---|---|---|\n| find | 0.50 / 0.60 | – |\n| checkout | 68 ns / 70 ns | – |\n";
    let expected = Plot {
        title: "B: ratio to `c`".to_owned(),
        picture: "pictures/b.svg".to_owned(),
        names: vec!["x".to_owned(), "y".to_owned()],
        rows: vec![("find".to_owned(), vec![Some(0.5), None])],
    };
    assert_eq!(plots(page), [expected]);
}

fn plots(page: &str) -> Vec<Plot> {
    let sections = page.split("\n## ").skip(1);
    sections.filter_map(plot).collect()
}

/// That of a section with a picture.
fn plot(section: &str) -> Option<Plot> {
    let (title, rest) = section.split_once('\n')?;
    let picture = rest.split_once("](pictures/")?.1.split_once(')')?.0;
    let mut lines = rest.lines().filter(|line| line.starts_with('|')).map(cells);
    let names = lines.next()?;
    let rows = lines.skip(1).map(|row| {
        let (case, ratios) = row.split_first().expect("a line has cells");
        let ratios = ratios.iter().map(|cell| least(cell)).collect();
        (case.clone(), ratios)
    });
    let is_measured = |row: &(_, Vec<Option<f64>>)| row.1.iter().any(Option::is_some);
    title.contains(HEADING).then(|| Plot {
        title: title.to_owned(),
        picture: format!("pictures/{picture}"),
        names: names.into_iter().skip(1).collect(),
        rows: rows.filter(is_measured).collect(),
    })
}

fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_matches('|');
    inner
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect()
}

/// The ratio of the least times, the first number of a cell; times have a unit.
fn least(cell: &str) -> Option<f64> {
    cell.split(" / ").next()?.parse().ok()
}

fn drawn(plot: &Plot) -> String {
    let height = TOP + ROW * plot.rows.len() as f64 + 12.0;
    let title = plot.title.replace('`', "");
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"title\">\n  <title id=\"title\">{title}, of the least times</title>\n{STYLE}"
    );
    let _ = writeln!(svg, "  <text x=\"0\" y=\"18\">{title}</text>");
    legend(&mut svg, &plot.names);
    let ticks = ticks(plot);
    for &tick in ticks {
        let (x, top, bottom) = (place(tick, ticks), TOP - 4.0, height - 8.0);
        let class = if tick == 1.0 { "one" } else { "line" };
        let _ = writeln!(
            svg,
            "  <line class=\"{class}\" x1=\"{x:.1}\" y1=\"{top}\" x2=\"{x:.1}\" y2=\"{bottom}\"/>\n  \
             <text class=\"note mid\" x=\"{x:.1}\" y=\"{:.0}\">{tick}</text>",
            top - 4.0
        );
    }
    for (at, row) in plot.rows.iter().enumerate() {
        draw_row(&mut svg, TOP + ROW * (at as f64 + 0.5), row, ticks);
    }
    svg + "</svg>\n"
}

fn ticks(plot: &Plot) -> &'static [f64] {
    let ratios = plot.rows.iter().flat_map(|(_, ratios)| ratios);
    let most = ratios.flatten().copied().fold(0.0, f64::max);
    let last = TICKS.iter().position(|tick| *tick >= most);
    &TICKS[..FEWEST_TICKS.max(last.map_or(TICKS.len(), |last| last + 1))]
}

fn legend(svg: &mut String, names: &[String]) {
    let step = WIDTH / names.len().max(6) as f64;
    for (at, name) in names.iter().enumerate() {
        let x = 6.0 + step * at as f64;
        let _ = writeln!(
            svg,
            "  <circle class=\"s{at}\" cx=\"{x:.1}\" cy=\"34\" r=\"4.5\"/>\n  \
             <text class=\"note\" x=\"{:.1}\" y=\"38\">{name}</text>",
            x + 9.0
        );
    }
}

/// The first library's number is written beside its point.
fn draw_row(svg: &mut String, y: f64, row: &(String, Vec<Option<f64>>), ticks: &[f64]) {
    let ((case, ratios), end, base) = (row, LEFT - 14.0, y + 4.0);
    let _ = writeln!(
        svg,
        "  <text class=\"end\" x=\"{end}\" y=\"{base}\">{case}</text>"
    );
    for (at, ratio) in ratios.iter().enumerate().rev() {
        let Some(ratio) = ratio else { continue };
        let x = place(*ratio, ticks);
        let _ = writeln!(
            svg,
            "  <circle class=\"s{at}\" cx=\"{x:.1}\" cy=\"{y}\" r=\"4.5\"/>"
        );
        if at == 0 {
            let x = WIDTH - 8.0;
            let _ = writeln!(
                svg,
                "  <text class=\"note end\" x=\"{x:.1}\" y=\"{base}\">{ratio:.2}</text>"
            );
        }
    }
}

fn place(ratio: f64, ticks: &[f64]) -> f64 {
    let most = ticks.last().copied().unwrap_or(LEAST);
    let at = (ratio.clamp(LEAST, most) / LEAST).ln() / (most / LEAST).ln();
    LEFT + (RIGHT - LEFT) * at
}
