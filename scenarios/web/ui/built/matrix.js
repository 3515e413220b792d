"use strict";
(() => {
  // src/page_matrix.ts
  document.getElementById("app").textContent = "";
})();
