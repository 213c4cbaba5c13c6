"""A customizable contraction hierarchy: node order once a network, weights once a metric, answers in between.

After J. Dibbelt, B. Strasser and D. Wagner, "Customizable Contraction Hierarchies", ACM Journal of Experimental
Algorithmics 21 (2016).
"""
