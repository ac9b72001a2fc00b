"""The `SketchPad` component: Python, template, style and scripts."""
