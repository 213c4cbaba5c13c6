"""A customizable contraction hierarchy: node order once, weights in milliseconds, labels that answer many to many.

After J. Dibbelt, B. Strasser and D. Wagner, "Customizable Contraction Hierarchies", ACM Journal of Experimental
Algorithmics 21 (2016).
"""
