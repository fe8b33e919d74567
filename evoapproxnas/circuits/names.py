"""Names of circuits as identifiers of Verilog, BLIF and C."""

import re

from evoapproxnas.errors import NetlistError

_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_RESERVED = frozenset(
    # C99, and what the header that the code includes defines
    """auto break case char const continue default do double else enum extern float for goto if
    inline int long main register restrict return short signed sizeof static struct switch typedef
    union unsigned void volatile while int8_t int16_t uint8_t uint16_t"""
    # Verilog 2005 and SystemVerilog, as far as it is not above
    """ alias always always_comb always_ff always_latch and assert assign assume automatic before
    begin bind bins binsof bit buf bufif0 bufif1 byte casex casez cell chandle checker class
    clocking cmos config constraint context cover covergroup coverpoint cross deassign defparam
    design disable dist edge end endcase endchecker endclass endclocking endconfig endfunction
    endgenerate endgroup endinterface endmodule endpackage endprimitive endprogram endproperty
    endsequence endspecify endtable endtask event expect export extends final first_match force
    foreach forever fork forkjoin function generate genvar global highz0 highz1 iff ifnone
    ignore_bins illegal_bins implements implies import incdir include initial inout input inside
    instance integer interconnect interface intersect join join_any join_none large let liblist
    library local localparam logic longint macromodule matches medium modport module nand negedge
    nettype new nexttime nmos nor noshowcancelled not notif0 notif1 null or output package packed
    parameter pmos posedge primitive priority program property protected pull0 pull1 pulldown
    pullup pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase randsequence rcmos real
    realtime ref reg reject_on release repeat restrict rnmos rpmos rtran rtranif0 rtranif1
    s_always s_eventually s_nexttime s_until s_until_with scalared sequence shortint shortreal
    showcancelled small soft solve specify specparam string strong strong0 strong1 super supply0
    supply1 sync_accept_on sync_reject_on table tagged task this throughout time timeprecision
    timeunit tran tranif0 tranif1 tri tri0 tri1 triand trior trireg type unique unique0 until
    until_with untyped use uwire var vectored virtual wait wait_order wand weak weak0 weak1
    wildcard wire with within wor xnor xor""".split()
)


def identifier(name: str) -> str:
    """Return a name that Verilog, BLIF and C all take, for a label of a library.

    A hyphen becomes an underscore, and a reserved word gets one at its end.

    Raises:
        NetlistError: if the name is no label, so that it could smuggle in other code.
    """
    if not _LABEL.fullmatch(name):
        shown = name if len(name) <= 60 else name[:60] + "..."
        raise NetlistError(
            f"cannot name a circuit {shown!r}: expected a letter or _, then letters, digits, _ "
            "and -; choose such a name"
        )
    plain = name.replace("-", "_")
    return f"{plain}_" if plain in _RESERVED else plain


def comment_lines(text: str, *, mark: str) -> list[str]:
    """Return the lines of a comment behind `mark`; what cannot be printed becomes a blank.

    No line can end its comment or go on in the next line.
    """
    lines = text.splitlines()
    printable = ["".join(char if char.isprintable() else " " for char in line) for line in lines]
    return [f"{mark} {line}".rstrip("\\ ") for line in printable]
