// Comfort only; the page works without it: frames as tall as their mail, the clock's offset, new mail without reloading.
"use strict";

for (const frame of document.querySelectorAll("iframe")) {
  const fit = () => {
    const shown = frame.contentDocument;
    if (shown && shown.body) frame.style.height = `${shown.documentElement.scrollHeight}px`;
  };
  frame.addEventListener("load", fit);
  window.addEventListener("resize", fit);
  fit();
}

for (const field of document.querySelectorAll("input[name=offset]")) {
  field.value = String(new Date().getTimezoneOffset());
}

const { changes, newest } = document.body.dataset;
if (changes) {
  const look = async () => {
    const typing = [...document.querySelectorAll("textarea")].some((field) => field.value);
    if (document.hidden || typing) return;
    try {
      const answer = await fetch(changes);
      if (answer.ok && (await answer.json()).newest > Number(newest)) location.reload();
    } catch {
      // The demo was stopped; the next look finds out whether it is back.
    }
  };
  setInterval(look, 2000);
}
