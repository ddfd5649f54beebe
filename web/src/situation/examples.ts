/** Situations to begin with, from the worked cases. */
export const EXAMPLES: readonly { readonly title: string; readonly address: string }[] = [
  {
    title: "Inoperable, receptor-positive pancreatic NET G2",
    address: "site=pancreas&neoplasm=NET&grade=G2&sstr=positive&resectability=unresectable",
  },
  {
    title: "Ileal NET G2 that grew after 177Lu-dotatate",
    address:
      "site=ileum&neoplasm=NET&grade=G2&sstr=positive&extent=distant&resectability=unresectable&progression=yes&prior=177Lu-dotatate",
  },
  {
    title: "Jejunal NET with carcinoid heart disease, before surgery",
    address:
      "site=jejunum&neoplasm=NET&syndromes=carcinoid syndrome&findings=[carcinoid heart disease, perioperative setting]",
  },
  {
    title: "Metastatic lung NET with two mitoses, first line",
    address: "site=lung&neoplasm=NET&mitoses=2&extent=distant&line=1",
  },
  {
    title: "A contradiction: a NET called poorly differentiated",
    address: "site=stomach&neoplasm=NET&differentiation=poor",
  },
];
