"""The `Answers` component: Python, template, style and script."""
