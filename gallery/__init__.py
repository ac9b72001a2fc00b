"""The photos that ship, and what makes them: parametric furniture, a studio, and the lines a person would draw."""
