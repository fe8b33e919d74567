// Cells of FreePDK45-based libraries that netlists of EvoApproxLib instantiate. Their logic is in
// yosys.py; a file that brings its own definition of one of them replaces it.
(* blackbox *) module INVX1(input A, output Y); endmodule
(* blackbox *) module INVX2(input A, output Y); endmodule
(* blackbox *) module INVX4(input A, output Y); endmodule
(* blackbox *) module INVX8(input A, output Y); endmodule
(* blackbox *) module BUFX2(input A, output Y); endmodule
(* blackbox *) module BUFX4(input A, output Y); endmodule
(* blackbox *) module CLKBUF1(input A, output Y); endmodule
(* blackbox *) module CLKBUF2(input A, output Y); endmodule
(* blackbox *) module CLKBUF3(input A, output Y); endmodule
(* blackbox *) module AND2X1(input A, input B, output Y); endmodule
(* blackbox *) module AND2X2(input A, input B, output Y); endmodule
(* blackbox *) module OR2X1(input A, input B, output Y); endmodule
(* blackbox *) module OR2X2(input A, input B, output Y); endmodule
(* blackbox *) module XOR2X1(input A, input B, output Y); endmodule
(* blackbox *) module XNOR2X1(input A, input B, output Y); endmodule
(* blackbox *) module NAND2X1(input A, input B, output Y); endmodule
(* blackbox *) module NOR2X1(input A, input B, output Y); endmodule
(* blackbox *) module NAND3X1(input A, input B, input C, output Y); endmodule
(* blackbox *) module NOR3X1(input A, input B, input C, output Y); endmodule
(* blackbox *) module AOI21X1(input A, input B, input C, output Y); endmodule
(* blackbox *) module OAI21X1(input A, input B, input C, output Y); endmodule
(* blackbox *) module AOI22X1(input A, input B, input C, input D, output Y); endmodule
(* blackbox *) module OAI22X1(input A, input B, input C, input D, output Y); endmodule
(* blackbox *) module MUX2X1(input A, input B, input S, output Y); endmodule
(* blackbox *) module HAX1(input A, input B, output YS, output YC); endmodule
(* blackbox *) module FAX1(input A, input B, input C, output YS, output YC); endmodule
(* blackbox *) module PDKGENHAX1(input A, input B, output YS, output YC); endmodule
(* blackbox *) module PDKGENFAX1(input A, input B, input C, output YS, output YC); endmodule
