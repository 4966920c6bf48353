/* The editor: CodeMirror with Python, in the colors of the page. */

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration, EditorView, drawSelection, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

const markLine = StateEffect.define();

/* The line of an error, until the program is changed. */
const markedLine = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(markLine)) {
        return effect.value === null ? Decoration.none
          : Decoration.set([Decoration.line({ class: "cm-error-line" }).range(effect.value)]);
      }
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/* `onRun` is called for Ctrl or ⌘ with Enter, `onChange` after each change. */
export function makeEditor(place, label, { onRun, onChange }) {
  const labelled = new Compartment();
  const attributes = (text) => EditorView.contentAttributes.of({ "aria-label": text, spellcheck: "false" });
  const run = { key: "Mod-Enter", run: () => { onRun(); return true; } };
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      extensions: [
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), indentOnInput(), bracketMatching(),
        closeBrackets(), EditorView.lineWrapping, EditorState.tabSize.of(4), indentUnit.of("    "), python(),
        /* Characters that turn the direction of text, or are not to be seen, are shown by their numbers. */
        highlightSpecialChars(),
        syntaxHighlighting(classHighlighter), markedLine, labelled.of(attributes(label)),
        keymap.of([run, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.updateListener.of((update) => { if (update.docChanged) { onChange(); } }),
      ],
    }),
  });

  const lineAt = (number) => view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
  return {
    get text() { return view.state.doc.toString(); },
    /* The text before can be had back with Ctrl or ⌘ and Z. */
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } });
      view.scrollDOM.scrollTop = 0;
    },
    label(text) { view.dispatch({ effects: labelled.reconfigure(attributes(text)) }); },
    mark(number) { view.dispatch({ effects: markLine.of(number === null ? null : lineAt(number).from) }); },
    goTo(number) {
      view.dispatch({ selection: { anchor: lineAt(number).from }, scrollIntoView: true });
      view.focus();
    },
  };
}
