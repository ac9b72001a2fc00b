"""The `StrokePlayer` component: Python, template, style and scripts."""
