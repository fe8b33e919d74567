"use strict";

// A part that a link leads to is opened, where it is one that can be closed.

function openPart(hash) {
  const part = hash.length > 1 ? byId(decodeURIComponent(hash.slice(1))) : null;
  if (part?.matches("details")) part.open = true;
}

addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (link) openPart(link.hash);
});
