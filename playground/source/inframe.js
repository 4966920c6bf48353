/* The only script of a frame: it runs the program of a stepper, or else tells how high the frame would like to be. */
addEventListener("DOMContentLoaded", () => {
  const program = document.getElementById("program");
  if (program) {
    const script = document.createElement("script");
    script.src = URL.createObjectURL(new Blob([JSON.parse(program.textContent)], { type: "text/javascript" }));
    document.body.append(script);
    /* The page changes the language of its steppers with its own. */
    addEventListener("message", ({ source, data }) => {
      const section = document.querySelector(".stepgrad");
      if (source === parent && data?.lang && section.lang !== data.lang) { section.querySelector(".language").click(); }
    });
    return;
  }
  const shown = document.querySelector(".shown");
  const tell = () => parent.postMessage({ stepgradHeight: shown.getBoundingClientRect().height }, "*");
  new ResizeObserver(tell).observe(shown);
});
