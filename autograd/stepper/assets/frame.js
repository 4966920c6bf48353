/* In the frame of a notebook the graph keeps the height that it begins with, and the notebook is told how high the page
   is, so that the frame can be as high: page.py puts a script beside it. */

function framed(root, whenSized) {
  if (location.protocol !== "about:") { return; } /* the document of a frame has no address */
  root.classList.add("framed");
  let seen = 0;
  const measure = () => {
    /* A notebook may show its frames later than it makes them. */
    if (!seen && innerHeight) {
      seen = innerHeight;
      root.style.setProperty("--seen", seen + "px");
      whenSized();
    }
    const { height } = root.getBoundingClientRect();
    if (height) { parent.postMessage({ stepgradHeight: Math.ceil(height) }, "*"); }
  };
  new ResizeObserver(measure).observe(root);
  measure();
}
