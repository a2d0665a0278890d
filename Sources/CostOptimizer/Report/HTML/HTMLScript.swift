/// The page's only script: sorts, filters and expands the recommendations, which can all be read without it.
enum HTMLScript {
  /// Of the text below, as the content security policy names it. A test tells the right one when the text has changed.
  static let hash: StaticString = "RxCyrlFmUX2QENc3NKmCQ5QM2LOCP68z/qMbw1dlLUU="

  static let text: StaticString = #"""

    "use strict";
    (() => {
      const table = document.getElementById("table");
      if (!table) return;
      const items = [...table.tBodies];
      const tools = document.getElementById("tools");
      const status = document.getElementById("status");
      const none = document.getElementById("none");
      const filter = document.getElementById("filter");
      const service = document.getElementById("service");
      const risk = document.getElementById("risk");
      const expand = document.getElementById("expand");
      const risks = { low: 1, medium: 2, high: 3 };
      const names = new Intl.Collator("en", { numeric: true });
      const entries = items.map((body, index) => ({
        body, index,
        name: body.querySelector(".title").textContent,
        service: body.dataset.service,
        risk: risks[body.dataset.risk],
        saved: body.dataset.saved === "" ? null : BigInt(body.dataset.saved),
        text: body.textContent.toLowerCase(),
      }));
      const compare = {
        name: (a, b) => names.compare(a.name, b.name),
        service: (a, b) => names.compare(a.service, b.service),
        risk: (a, b) => a.risk - b.risk,
        saved: (a, b) => (a.saved < b.saved ? -1 : a.saved > b.saved ? 1 : 0),
      };
      const headers = [...table.tHead.rows[0].cells];

      function sort(header, direction) {
        const key = header.dataset.key;
        const sign = direction === "ascending" ? 1 : -1;
        const sorted = [...entries].sort((a, b) => {
          // What is not known comes last either way.
          if (key === "saved" && (a.saved === null || b.saved === null)) {
            return (a.saved === null) - (b.saved === null) || a.index - b.index;
          }
          return sign * compare[key](a, b) || a.index - b.index;
        });
        for (const other of headers) other.removeAttribute("aria-sort");
        header.setAttribute("aria-sort", direction);
        table.append(...sorted.map((entry) => entry.body));
        return header.textContent + ", " + direction;
      }

      function show(sorting) {
        const words = filter.value.toLowerCase().split(/\s+/).filter((word) => word);
        let shown = 0;
        for (const entry of entries) {
          const matches = words.every((word) => entry.text.includes(word))
            && (!service.value || entry.body.dataset.service === service.value)
            && (!risk.value || entry.body.dataset.risk === risk.value);
          entry.body.hidden = !matches;
          if (matches) shown += 1;
        }
        table.hidden = shown === 0;
        none.hidden = shown !== 0;
        status.textContent = shown + " of " + entries.length + " recommendations" + (sorting ? ", sorted by " + sorting : "");
      }

      for (const header of headers) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = header.textContent;
        button.addEventListener("click", () => {
          const first = header.dataset.key === "saved" || header.dataset.key === "risk" ? "descending" : "ascending";
          const second = first === "ascending" ? "descending" : "ascending";
          show(sort(header, header.getAttribute("aria-sort") === first ? second : first));
        });
        header.replaceChildren(button);
      }

      function open(isOpen) {
        for (const details of table.querySelectorAll("details")) details.open = isOpen;
        expand.setAttribute("aria-pressed", String(isOpen));
        expand.textContent = isOpen ? "Collapse all" : "Expand all";
      }

      function openTarget() {
        const target = items.find((body) => "#" + body.id === location.hash);
        if (target) target.querySelector("details").open = true;
      }

      filter.addEventListener("input", () => show());
      service.addEventListener("change", () => show());
      risk.addEventListener("change", () => show());
      tools.addEventListener("submit", (event) => event.preventDefault());
      expand.addEventListener("click", () => open(expand.getAttribute("aria-pressed") !== "true"));
      addEventListener("hashchange", openTarget);
      openTarget();
      show();
      tools.hidden = false;
    })();

    """#
}
