"""[M22] Figs 5, S21, S22: twisted bilayers."""

import graphs


def rebuild(book):
    # MoS2 on MoS2.
    image = book.simulate("bilayer", "bilayer", "--kind", "mos2", "--angle", 3.15, "--counts", 5, "--seed", 2)
    bilayer = book.result("moire", image, "bilayer")
    for number, name in [("5A", "domains"), ("5B", "stackings"), ("5D-G", "features"), ("S21", "spectrum")]:
        book.figure(number, "bilayer", name)
    leaves = graphs.domains(book.place("bilayer"), book.place("5E-domain-tree.svg"))
    book.row("5E", "tree of domains", "", f"{leaves} domains of three stackings")
    book.row("5, S21", "twist", "3.15 and 3.1 degrees",
             f"{bilayer['twist_degrees']:.4f} ± {bilayer['twist_error']:.4f} degrees (simulated 3.15)")
    analysis = book.result("analyze", image, "bilayer-analysis")
    book.figure("5C", "bilayer-analysis", "layout")
    book.row("5C", "motifs", "no finite number of classes", analysis["structure"])
    # 5H, S22: nuisance parameters alone.
    for case in range(9):
        found = book.result("moire", book.simulate("bilayer", "case", "--case", case), "case")
        kinds = (found["divergence"] or {}).get("kinds", [])
        text = ", ".join(f"{k['kind']} {k['corrected']['value']:.3f} ± {k['corrected']['error']:.3f}" for k in kinds)
        book.row("S22", f"divergence of domains, case {case}",
                 "0.184 ± 0.025 in the experiment (5H)" if case == 0 else "", (text or "not measured") + " nats, corrected")
