// Shortens paths that exist without it: every page works when this file doesn't run. It
// loads nothing, stores nothing and logs nothing.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // The summary of a form's errors, or the sign-in's, is what to read first.
  document.querySelector("[data-focus]")?.focus();

  // Times in the reader's zone, with the zone said. The server says them in UTC.
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
  const exact = new Intl.DateTimeFormat("en-GB", {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  });
  for (const time of all("time[data-as]")) {
    const at = new Date(time.dateTime);
    time.textContent = (time.dataset.as === "day" ? day : exact).format(at);
    if (time.title) time.title = exact.format(at);
  }

  // An open menu closes on Escape and on a click elsewhere.
  const menus = all("details.menu, details.side-menu");
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus.filter((menu) => menu.open)) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // The sentence that reads a new key back follows the form: the server says it, as it does without
  // script after a mistake. An answer that comes late is not the newest one's.
  const readback = document.querySelector("[data-readback]");
  if (readback) {
    const form = readback.closest("form");
    let asked = 0, wait;
    const ask = async () => {
      const number = ++asked;
      const answer = await fetch(readback.dataset.readback, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
      if (number === asked) readback.textContent = answer?.ok && !answer.redirected ? await answer.text() : "";
    };
    form.addEventListener("input", (event) => {
      if (["description", "api_version"].includes(event.target.name)) return;
      clearTimeout(wait);
      wait = setTimeout(ask, event.target.matches("textarea, [type=text]") ? 300 : 0);
    });
  }

  // Scopes: found by what they say, ticked many at once.
  for (const scopes of all("[data-scopes]")) {
    const checks = all("[name=scopes]", scopes).map((box) => ({ box, line: box.closest(".check") }));
    const search = scopes.querySelector("[type=search]");
    scopes.querySelector("[data-scopes-tools]").hidden = false;
    search.addEventListener("input", (event) => {
      event.stopPropagation();
      const words = search.value.toLowerCase().split(/\s+/);
      for (const { line } of checks) line.hidden = !words.every((word) => line.textContent.toLowerCase().includes(word));
      const groups = all(".scope-group", scopes);
      for (const group of groups) group.hidden = !group.querySelector(".check:not([hidden])");
      scopes.querySelector("[data-scopes-none]").hidden = groups.some((group) => !group.hidden);
    });
    search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    const tick = (wanted, on) => {
      for (const { box, line } of checks) if (!line.hidden && box.value.endsWith(wanted)) box.checked = on;
      checks[0].box.dispatchEvent(new Event("input", { bubbles: true }));
    };
    for (const button of all("[data-tick]", scopes)) button.addEventListener("click", () => tick(button.dataset.tick, true));
    for (const button of all("[data-untick]", scopes)) button.addEventListener("click", () => tick("", false));
  }

  // Ticked keys: the button says how many, and is there when there are some.
  for (const form of all("[data-ticked]")) {
    const boxes = [...form.elements].filter((box) => box.type === "checkbox");
    const button = form.querySelector("button");
    const count = () => {
      const n = boxes.filter((box) => box.checked).length;
      button.hidden = n === 0;
      button.textContent = n === 1 ? "Delete the ticked key" : `Delete the ${n} ticked keys`;
    };
    for (const box of boxes) box.addEventListener("change", count);
    addEventListener("pageshow", count);
  }

  // A double click sends a form once: of two answers a browser shows the second, and the key
  // is in the first.
  for (const form of all("form[data-once]")) {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
    addEventListener("pageshow", () => { sent = false; });
  }

  // Copying. The result is seen on the button and heard from the status line.
  const select = (element) => getSelection().selectAllChildren(element);
  const copy = async (element) => {
    try {
      await navigator.clipboard.writeText(element.textContent);
      return true;
    } catch { // an old browser, or a page that isn't over https
      select(element);
      return document.execCommand("copy");
    }
  };
  for (const button of all("[data-copy]")) {
    const said = document.querySelector("[data-copied]");
    const name = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const element = document.getElementById(button.dataset.copy);
      const done = await copy(element);
      if (!done) select(element);
      button.textContent = done ? "Copied" : name;
      said.textContent = "";
      // A moment later, so that copying a second time is announced too.
      setTimeout(() => {
        said.textContent = done ? `Copied the ${button.dataset.what}.` : "Your browser didn't allow that. It is selected now: copy it with the keyboard.";
      }, 50);
    });
  }

  // The question before closing, as a modal dialog: Escape means not yet.
  for (const plain of all("div[data-dialog]")) {
    const dialog = document.createElement("dialog");
    const box = plain.firstElementChild;
    const inner = document.createElement("div");
    dialog.className = plain.className;
    dialog.id = plain.id;
    dialog.setAttribute("aria-labelledby", box.getAttribute("aria-labelledby"));
    dialog.setAttribute("aria-describedby", box.getAttribute("aria-describedby"));
    inner.append(...box.childNodes);
    dialog.append(inner);
    plain.replaceWith(dialog);
    for (const opener of all(`[data-open="${dialog.id}"]`)) {
      opener.setAttribute("role", "button");
      opener.addEventListener("click", (event) => {
        event.preventDefault();
        dialog.showModal();
      });
      opener.addEventListener("keydown", (event) => {
        if (event.key === " ") {
          event.preventDefault();
          dialog.showModal();
        }
      });
    }
    for (const not of all("[data-not-yet]", dialog)) {
      not.addEventListener("click", (event) => {
        event.preventDefault();
        dialog.close();
      });
    }
  }

  // A page that shows a key warns before it is left, and leaves nothing behind in the memory
  // from which Back would bring it up again.
  const secrets = all("[data-secret]");
  if (secrets.length > 0) {
    let closing = false;
    for (const form of all("form[data-leave]")) form.addEventListener("submit", () => { closing = true; });
    addEventListener("beforeunload", (event) => { if (!closing) event.preventDefault(); });
    addEventListener("pagehide", () => {
      for (const secret of secrets) secret.tagName === "INPUT" ? (secret.value = "", secret.removeAttribute("value")) : secret.textContent = "";
    });
    addEventListener("pageshow", (event) => { if (event.persisted) location.replace("/"); });
  }
})();
