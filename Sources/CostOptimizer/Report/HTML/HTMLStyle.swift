/// The page's only style: light and dark, from 320 pixels of width on, and for paper.
enum HTMLStyle {
  /// Of the text below, as the content security policy names it. A test tells the right one when the text has changed.
  static let hash: StaticString = "1SGlwIxWfL24FtIYf1EJWTVV1UuBNvSWwBYRj3zQ7lA="

  static let text: StaticString = #"""

    :root {
      --page: #f4f6f8; --surface: #ffffff; --raised: #f8fafb; --text: #17202c; --muted: #526072; --line: #dbe1e8; --strong: #b9c3cf;
      --accent: #0b6b57; --accent-soft: #dcf1ea; --on-accent: #ffffff; --kept: #9aa8b8; --time: #4a6fa5;
      --low: #0b6b57; --low-soft: #dcf1ea; --medium: #7d4e00; --medium-soft: #fcecc9; --high: #a12218; --high-soft: #fbe1de;
      --focus: #1257c7; --shadow: 0 1px 2px rgb(16 24 40 / 6%), 0 1px 3px rgb(16 24 40 / 8%);
      color-scheme: light dark;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #0e1319; --surface: #161d26; --raised: #1b2430; --text: #e6ebf2; --muted: #a0adbd; --line: #2a3543; --strong: #3f4d5e;
        --accent: #5fd3b0; --accent-soft: #12382f; --on-accent: #06231b; --kept: #64748a; --time: #7ea6e0;
        --low: #6fdcbb; --low-soft: #12382f; --medium: #f3c069; --medium-soft: #3b2d10; --high: #ff9d92; --high-soft: #46211e;
        --focus: #8ab8ff; --shadow: none;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; scroll-padding-top: 1rem; }
    @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
    body {
      margin: 0 auto; padding: 0 1.25rem 3rem; max-width: 70rem; background: var(--page); color: var(--text); overflow-wrap: anywhere;
      font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif; font-variant-numeric: tabular-nums;
    }
    h1 { margin: 0 0 1rem; font-size: clamp(1.55rem, 1.2rem + 1.8vw, 2.15rem); line-height: 1.2; letter-spacing: -0.02em; overflow-wrap: break-word; }
    h2 { margin: 0 0 1rem; font-size: 1.25rem; line-height: 1.3; letter-spacing: -0.01em; }
    h3 { margin: 1.75rem 0 .6rem; font-size: 1rem; }
    h2 + h3 { margin-top: 0; }
    p { margin: 0 0 .75rem; }
    ul, ol { margin: 0; padding-inline-start: 1.25rem; }
    a { color: var(--accent); text-underline-offset: .2em; }
    code { font: .82em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; color: var(--muted); }
    :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
    [hidden] { display: none !important; }
    .hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .skip { position: absolute; inset-inline-start: 1rem; top: -4rem; padding: .6rem 1rem; background: var(--accent); color: var(--on-accent); border-radius: 0 0 .5rem .5rem; z-index: 1; }
    .skip:focus { top: 0; }
    header { padding: 2.5rem 0 1.5rem; }
    .facts { display: flex; flex-wrap: wrap; gap: .75rem 2rem; margin: 0; }
    .facts div { min-width: 0; }
    .facts dt { color: var(--muted); font-size: .8rem; }
    .facts dd { margin: 0; font-size: .95rem; }
    nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-top: 1.5rem; padding: .75rem 0 0; border-top: 1px solid var(--line); list-style: none; }
    nav a { display: inline-block; padding: .25rem 0; }
    section, figure { margin: 0 0 1.25rem; padding: 1.5rem; background: var(--surface); border: 1px solid var(--line); border-radius: .9rem; box-shadow: var(--shadow); }
    .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr)); gap: .9rem; margin-bottom: 1.5rem; }
    .card { padding: 1rem 1.1rem; background: var(--raised); border: 1px solid var(--line); border-radius: .7rem; }
    .card p { margin: 0; }
    .card .label { color: var(--muted); font-size: .85rem; }
    .card .figure { margin: .2rem 0 .3rem; font-size: 1.6rem; font-weight: 650; line-height: 1.2; letter-spacing: -0.02em; }
    .card .note { font-size: .85rem; color: var(--muted); }
    .card.main { background: var(--accent-soft); border-color: transparent; }
    .card.main .figure { color: var(--accent); }
    .card.main .label, .card.main .note { color: var(--text); }
    .prose { max-width: 46rem; }
    .prose.split { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 1.25rem 2.5rem; max-width: none; }
    .prose.split > div + div { padding-inline-start: 0; }
    .prose p:last-child { margin-bottom: 0; }
    .bars th, thead th { overflow-wrap: break-word; }
    .origin { color: var(--muted); font-size: .85rem; }
    .chip { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; white-space: nowrap; }
    .chip.low { color: var(--low); background: var(--low-soft); }
    .chip.medium { color: var(--medium); background: var(--medium-soft); }
    .chip.high { color: var(--high); background: var(--high-soft); }
    table { width: 100%; border-collapse: collapse; }
    th { text-align: start; font-weight: 600; }
    td, th { vertical-align: top; }
    .amount { min-width: 6.75rem; text-align: end; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(25rem, 100%), 1fr)); gap: 1.25rem; padding: 0; background: none; border: 0; box-shadow: none; }
    .charts.one { grid-template-columns: minmax(0, 1fr); margin: 1.25rem 0; padding: 0; }
    .charts.one .chart { padding: 0; border: 0; border-radius: 0; background: none; box-shadow: none; }
    .charts.one .bars th { width: 16rem; }
    .chart { margin: 0; padding: 1.25rem 1.5rem; }
    .chart h2 { margin-bottom: .75rem; font-size: 1rem; }
    .bars th, .bars td { padding: .3rem 0; font-size: .875rem; font-weight: 400; vertical-align: middle; }
    .bars th { width: 34%; padding-inline-end: .75rem; line-height: 1.35; }
    .bars .value { width: 1%; padding-inline-start: .75rem; text-align: end; white-space: nowrap; }
    .bars .long { width: 45%; white-space: normal; }
    .bar svg { display: block; width: 100%; height: .7rem; border-radius: .2rem; background: var(--page); }
    rect.saved, .key.saved { fill: var(--accent); background: var(--accent); }
    rect.kept, .key.kept { fill: var(--kept); background: var(--kept); }
    rect.more { fill: var(--high); }
    rect.time { fill: var(--time); }
    .legend { margin: .6rem 0 0; color: var(--muted); font-size: .8rem; }
    .key { display: inline-block; width: .7rem; height: .7rem; border-radius: .2rem; }
    .key + .key, .legend .key:not(:first-child) { margin-inline-start: .75rem; }
    .tools { display: flex; flex-wrap: wrap; align-items: end; gap: .75rem 1rem; margin-bottom: 1rem; }
    .tools label { display: grid; gap: .2rem; color: var(--muted); font-size: .8rem; }
    .tools label:first-child { flex: 1 1 14rem; }
    .tools input, .tools select, .tools button {
      min-height: 2.5rem; width: 100%; padding: .4rem .7rem; border: 1px solid var(--strong); border-radius: .5rem; background: var(--surface); color: var(--text); font: inherit; font-size: .95rem;
    }
    .tools input::placeholder { color: var(--muted); opacity: 1; }
    .tools button { width: auto; cursor: pointer; }
    .tools button:hover { border-color: var(--accent); }
    .tools #status { flex: 1 0 100%; min-height: 1.4em; margin: 0; color: var(--muted); font-size: .85rem; }
    #table > thead th { padding: 0 .75rem .5rem 0; border-bottom: 2px solid var(--line); color: var(--muted); font-size: .85rem; vertical-align: bottom; }
    #table > thead th.amount { padding-inline-end: 0; }
    #table > thead button { display: inline-flex; gap: .35rem; align-items: baseline; padding: .35rem 0; border: 0; background: none; color: inherit; font: inherit; font-weight: 600; cursor: pointer; text-align: inherit; }
    #table > thead button:hover { color: var(--text); }
    #table > thead button::after { content: "\2195"; opacity: .55; }
    #table > thead [aria-sort=ascending] button::after { content: "\2191"; opacity: 1; }
    #table > thead [aria-sort=descending] button::after { content: "\2193"; opacity: 1; }
    #table > thead [aria-sort] { color: var(--text); }
    #table > tbody { border-bottom: 1px solid var(--line); }
    #table > tbody:target { background: var(--raised); }
    #table > tbody > tr > th, #table > tbody > tr > td { padding: .85rem .75rem 0 0; }
    #table > tbody > tr > td.amount { padding-inline-end: 0; font-weight: 600; }
    #table > tbody > tr.more > td { padding: .15rem 0 .75rem; }
    #table .wide, #table > thead .amount button { white-space: nowrap; }
    .title { display: block; }
    .narrow { display: none; margin-top: .25rem; color: var(--muted); font-size: .85rem; font-weight: 400; }
    .unknown { color: var(--muted); font-weight: 400; }
    .costs { color: var(--high); }
    summary { width: fit-content; padding: .15rem .25rem .15rem 0; color: var(--accent); font-size: .875rem; cursor: pointer; }
    .detail { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .7rem 1rem; margin: .75rem 0 .5rem; padding: 1.1rem 1.25rem; background: var(--raised); border-radius: .7rem; font-size: .925rem; }
    .detail dt { color: var(--muted); }
    .detail dd { margin: 0; min-width: 0; }
    .formula { color: var(--text); font-size: .875rem; }
    .source, .names, .consequence, .times { color: var(--muted); font-size: .875rem; font-weight: 400; }
    .resources { padding: 0; list-style: none; }
    .resources code, .evidence code { display: block; }
    .figures th, .figures td { padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
    .figures tr:last-child > * { border-bottom: 0; }
    .figures .value { font-weight: 600; text-align: end; }
    .figures th { width: 38%; }
    .figures .source { width: 38%; padding-inline-end: 0; }
    .unchanged { margin: 0; }
    .unchanged dt { margin-top: .75rem; font-weight: 600; }
    .unchanged dd { margin: 0; }
    .gaps li, .monitoring li, .evidence > li, .phases li { margin-bottom: .5rem; }
    .prose + .monitoring { margin-top: 1rem; }
    .consequence { display: block; }
    .consequence::before { content: "\2192\00a0"; }
    .counts { max-width: 22rem; }
    .counts th, .counts td { padding: .3rem 0; border-bottom: 1px solid var(--line); font-weight: 400; font-size: .925rem; }
    .counts thead th { color: var(--muted); font-size: .85rem; }
    .evidence { margin-top: .75rem; }
    footer { padding: .5rem .25rem; color: var(--muted); font-size: .85rem; max-width: 50rem; }
    @media (max-width: 42rem) {
      body { padding: 0 .75rem 2rem; }
      header { padding: 1.5rem .25rem 1rem; }
      section, figure { padding: 1.1rem 1rem; border-radius: .75rem; }
      .chart { padding: 1rem; }
      .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .6rem; }
      .card { padding: .8rem .85rem; }
      .card.main, .card.risks { grid-column: 1 / -1; }
      .card .figure { font-size: 1.35rem; }
      .card.main .figure { font-size: 1.9rem; }
      .wide { display: none; }
      #table > tbody > tr > td.amount { font-size: .95rem; }
      #table > thead th { font-size: .8rem; }
      #table > thead button { gap: .2rem; }
      #table > thead .amount button { white-space: normal; }
      .charts.one .bars th { width: auto; }
      .narrow { display: block; }
      .tools label { flex: 1 1 7rem; }
      .tools button { flex: 1 1 100%; }
      .bars, .bars tbody, .bars tr { display: block; }
      .bars tr { display: grid; grid-template-columns: minmax(min-content, 1fr) fit-content(65%); gap: .1rem .75rem; padding: .3rem 0; }
      .bars th, .bars td { width: auto; padding: 0; }
      .bars .value { width: auto; padding: 0; white-space: normal; }
      .bars .bar { grid-row: 2; grid-column: 1 / -1; }
      .detail { grid-template-columns: minmax(0, 1fr); gap: .15rem; padding: .9rem; }
      .detail dd { margin-bottom: .7rem; }
      .figures, .figures tbody { display: block; }
      .figures tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 .75rem; padding: .35rem 0; border-bottom: 1px solid var(--line); }
      .figures tr:last-child { border-bottom: 0; }
      .figures th, .figures td, .figures .source { width: auto; padding: 0; border: 0; }
      .figures .value { max-width: 9rem; }
      .figures .source { grid-column: 1 / -1; }
    }
    @media print {
      :root {
        --page: #fff; --surface: #fff; --raised: #fff; --text: #000; --muted: #444; --line: #bbb; --accent: #0b6b57; --accent-soft: #fff; --kept: #9aa8b8; --time: #4a6fa5;
        --low: #0b6b57; --low-soft: #fff; --medium: #7d4e00; --medium-soft: #fff; --high: #a12218; --high-soft: #fff; --shadow: none; color-scheme: light;
      }
      body { max-width: none; padding: 0; font-size: 10pt; }
      nav, .tools, .skip { display: none !important; }
      section, figure { padding: .75rem 0; border: 0; border-top: 1px solid var(--line); border-radius: 0; break-inside: auto; }
      .card, .chart, #table > tbody > tr, .gaps li { break-inside: avoid; }
      .card { border-color: var(--line) !important; }
      .chip { padding: 0; }
      svg rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      details::details-content { content-visibility: visible; display: block; block-size: auto; }
      summary { display: none; }
      .detail { padding: 0; }
    }

    """#
}
