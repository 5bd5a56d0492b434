"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const frame = $("frame"), detail = $("detail"), find = $("find"), spoken = $("spoken"), found = $("found");
  const rows = [...document.querySelectorAll(".block")];
  const rowOf = new Map(rows.map((row) => [row.dataset.index, row]));
  const off = new Set();
  let marks = new Map(), current = null, told = null;
  root.classList.add("js");

  const page = () => frame.contentDocument;
  const marksOf = (index) => marks.get(index) || [];
  const isListed = (row) => !row.hidden;

  // --- tabs
  const tabs = ["record", "blocks"];
  const showTab = (name) => tabs.forEach((each) => {
    const tab = $("tab-" + each), chosen = each === name;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    $(each).classList.toggle("on", chosen);
  });
  tabs.forEach((name, at) => {
    $("tab-" + name).addEventListener("click", () => showTab(name));
    $("tab-" + name).addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const other = tabs[1 - at];
      showTab(other);
      $("tab-" + other).focus();
    });
  });

  // --- one block: hovered, or current
  const fill = (row) => {
    detail.replaceChildren();
    const line = document.createElement("div");
    line.append(`#${row.dataset.index}  ${row.dataset.label}  ${row.querySelector(".score").lastChild.data}`);
    line.style.fontWeight = "600";
    detail.append(line, row.querySelector(".why").cloneNode(true), row.querySelector(".path").cloneNode(true));
  };
  const place = (mark) => {
    const at = mark.getClientRects()[0] || mark.getBoundingClientRect();
    const width = detail.offsetWidth, height = detail.offsetHeight, room = frame.offsetHeight - height - 4;
    const beside = at.right + width + 24 < frame.offsetWidth;
    const above = at.bottom + height + 12 > frame.offsetHeight;
    const top = beside ? at.top : above ? at.top - height - 8 : at.bottom + 8;
    const left = beside ? at.right + 14 : Math.min(at.left, frame.offsetWidth - width - 8);
    detail.style.top = `${frame.offsetTop + Math.max(4, Math.min(top, room))}px`;
    detail.style.left = `${Math.max(8, left)}px`;
  };
  const tell = (index, mark) => {
    const row = rowOf.get(index);
    if (!row || off.has(row.dataset.label) || !mark.getClientRects().length) return hide();
    fill(row);
    told = mark;
    place(mark);
    detail.classList.add("on");
  };
  const hide = () => {
    told = null;
    detail.classList.remove("on");
  };
  const follow = () => {
    if (!told) return;
    const at = told.getBoundingClientRect();
    at.bottom > 0 && at.top < frame.clientHeight ? place(told) : hide();
  };
  const hover = (index) => {
    page().querySelectorAll("[data-scraper-hover]").forEach((mark) => mark.removeAttribute("data-scraper-hover"));
    marksOf(index).forEach((mark) => mark.setAttribute("data-scraper-hover", ""));
  };
  const choose = (index, { scroll = true, speak = true } = {}) => {
    const row = rowOf.get(index);
    if (!row) return;
    if (current !== null) {
      rowOf.get(current).removeAttribute("aria-current");
      marksOf(current).forEach((mark) => mark.removeAttribute("data-scraper-current"));
      marksOf(current).slice(0, 1).forEach((mark) => { mark.tabIndex = -1; });
    }
    current = index;
    row.setAttribute("aria-current", "true");
    const mine = marksOf(index);
    mine.forEach((mark) => mark.setAttribute("data-scraper-current", ""));
    if (mine[0]) {
      mine[0].tabIndex = 0;
      if (scroll) scrollFrame(mine[0]);
      tell(index, mine[0]);
    } else hide();
    if ($("blocks").classList.contains("on")) scrollPanel(row);
    if (speak) {
      const why = [...row.querySelectorAll(".why li")].map((each) => each.textContent).join("; ");
      const score = row.querySelector(".score").lastChild.data;
      spoken.textContent = `Block ${index}, ${row.dataset.label}, score ${score}: ${why}. ${row.querySelector(".text").textContent.slice(0, 120)}`;
    }
  };
  const scrollFrame = (mark) => {
    const view = page().scrollingElement, at = mark.getBoundingClientRect(), height = frame.clientHeight;
    if (at.top < 60 || at.bottom > height - 90) view.scrollTop += at.top - height / 3;
  };
  const scrollPanel = (row) => {
    const panel = $("blocks");
    if (getComputedStyle(panel).overflowY === "visible") return;
    const at = row.getBoundingClientRect(), box = panel.getBoundingClientRect();
    if (at.top < box.top || at.bottom > box.bottom) panel.scrollTop += at.top - box.top - box.height / 3;
  };
  const step = (by) => {
    const listed = rows.filter(isListed);
    if (!listed.length) return;
    const at = listed.findIndex((row) => row.dataset.index === current);
    const next = at < 0 ? (by > 0 ? 0 : listed.length - 1) : Math.max(0, Math.min(listed.length - 1, at + by));
    choose(listed[next].dataset.index);
    const inFrame = document.activeElement === frame, first = marksOf(current)[0];
    if (inFrame && first) first.focus({ preventScroll: true });
    else if (document.activeElement && document.activeElement.closest(".block")) listed[next].querySelector("button").focus();
  };
  rows.forEach((row) => {
    row.querySelector("button").addEventListener("click", () => choose(row.dataset.index));
    row.addEventListener("mouseenter", () => hover(row.dataset.index));
    row.addEventListener("mouseleave", () => hover(null));
  });

  // --- legend and search
  const sift = () => {
    const wanted = find.value.trim().toLowerCase();
    let blocks = 0, fields = 0;
    document.querySelectorAll("[data-search]").forEach((each) => {
      const isBlock = each.classList.contains("block");
      const fits = !wanted || each.textContent.toLowerCase().includes(wanted);
      each.hidden = !fits || (isBlock && off.has(each.dataset.label));
      if (!each.hidden) isBlock ? (blocks += 1) : (fields += 1);
    });
    document.querySelectorAll("#record section").forEach((section) => {
      const parts = [...section.querySelectorAll("[data-search]")];
      section.hidden = Boolean(wanted) && !parts.some((part) => !part.hidden);
    });
    found.textContent = wanted ? `${blocks} ${blocks === 1 ? "block" : "blocks"} and ${fields} ${fields === 1 ? "field" : "fields"} hold “${find.value.trim()}”` : "";
    if (wanted && !fields && blocks) showTab("blocks");
    if (wanted && fields && !blocks) showTab("record");
  };
  const dim = () => marks.forEach((mine, index) => {
    const isOff = off.has(rowOf.get(index).dataset.label);
    mine.forEach((mark) => mark.toggleAttribute("data-scraper-off", isOff));
  });
  const switches = [...document.querySelectorAll("#legend input")];
  const flip = () => {
    off.clear();
    switches.filter((each) => !each.checked).forEach((each) => off.add(each.value));
    $("all").textContent = off.size ? "All on" : "All off";
    dim();
    sift();
    hide();
  };
  switches.forEach((each) => each.addEventListener("change", flip));
  $("all").addEventListener("click", () => {
    const on = off.size > 0;
    switches.forEach((each) => { each.checked = on; });
    flip();
  });
  $("all").textContent = "All off";
  find.addEventListener("input", sift);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { showTab("blocks"); step(1); }
  });

  // --- how it looks
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const setTheme = (dark) => {
    root.dataset.theme = dark ? "dark" : "light";
    page().documentElement.setAttribute("data-scraper-theme", root.dataset.theme);
    $("theme").setAttribute("aria-pressed", dark);
  };
  const press = (button) => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", on);
    return on;
  };
  $("theme").setAttribute("aria-pressed", isDark());
  $("theme").addEventListener("click", () => setTheme(!isDark()));
  $("badges").addEventListener("click", () => {
    page().documentElement.setAttribute("data-scraper-badges", press($("badges")) ? "on" : "off");
  });
  $("styles").addEventListener("click", () => {
    const on = press($("styles"));
    page().querySelectorAll("style[data-scraper-page]").forEach((style) => { style.disabled = !on; });
  });
  $("help").addEventListener("click", () => $("keys").showModal());

  // --- keys
  const acts = {
    j: () => step(1), k: () => step(-1), d: () => $("theme").click(), s: () => $("styles").click(),
    r: () => showTab("record"), b: () => showTab("blocks"), "?": () => $("keys").showModal(),
    "/": () => find.focus(), l: () => switches[0] && switches[0].focus(),
  };
  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
    if (event.key === "Escape") {
      hide();
      if (find.value) { find.value = ""; sift(); }
      return;
    }
    if (event.target === find || !$("single").checked || !acts[event.key]) return;
    event.preventDefault();
    if ((event.key === "/" || event.key === "l") && document.activeElement === frame) frame.blur();
    acts[event.key]();
  };
  document.addEventListener("keydown", onKey);

  // --- the page in its frame
  const ready = () => {
    const inside = page();
    marks = new Map();
    inside.querySelectorAll("[data-scraper-block]").forEach((mark) => {
      const index = mark.getAttribute("data-scraper-block");
      marks.has(index) ? marks.get(index).push(mark) : marks.set(index, [mark]);
    });
    const first = marks.values().next().value;
    if (first) first[0].tabIndex = 0;
    rows.forEach((row) => {
      const mine = marksOf(row.dataset.index);
      if (!mine.length || mine.some((mark) => mark.getClientRects().length)) return;
      const note = document.createElement("p");
      note.className = "lost";
      note.textContent = "Hidden by the page's own styles; s shows it.";
      row.append(note);
    });
    const blockAt = (event) => event.target.closest && event.target.closest("[data-scraper-block]");
    inside.addEventListener("mouseover", (event) => {
      const mark = blockAt(event), index = mark ? mark.getAttribute("data-scraper-block") : null;
      hover(index);
      mark ? tell(index, mark) : hide();
    });
    inside.documentElement.addEventListener("mouseleave", () => { hover(null); hide(); });
    inside.addEventListener("click", (event) => {
      const mark = blockAt(event);
      if (!mark) return;
      showTab("blocks");
      choose(mark.getAttribute("data-scraper-block"), { scroll: false });
    });
    inside.addEventListener("focusin", (event) => {
      const mark = blockAt(event);
      if (mark && mark.getAttribute("data-scraper-block") !== current) choose(mark.getAttribute("data-scraper-block"), { scroll: false });
      else if (mark) tell(current, marksOf(current)[0]);
    });
    inside.addEventListener("focusout", hide);
    inside.addEventListener("scroll", follow, { passive: true });
    inside.addEventListener("keydown", onKey);
    if (root.dataset.theme) setTheme(isDark());
    dim();
    root.dataset.ready = "";
  };
  showTab("record");
  if (page() && page().readyState === "complete" && page().querySelector("[data-scraper-block],body > *")) ready();
  else frame.addEventListener("load", ready, { once: true });
})();
