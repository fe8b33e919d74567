// mul8u_trunc_a6_w6: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// operands truncated by 6 and 6 bits; array.
// MAE 10.74 %, power 7.632 uW, 6 cells.
module mul8u_trunc_a6_w6(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25;
  assign n18 = A[6] & B[6];
  assign n19 = A[7] & B[6];
  assign n20 = A[6] & B[7];
  assign {n22, n21} = n19 + n20;
  assign n23 = A[7] & B[7];
  assign {n25, n24} = n22 + n23;
  assign O[0] = 1'b0;
  assign O[1] = 1'b0;
  assign O[2] = 1'b0;
  assign O[3] = 1'b0;
  assign O[4] = 1'b0;
  assign O[5] = 1'b0;
  assign O[6] = 1'b0;
  assign O[7] = 1'b0;
  assign O[8] = 1'b0;
  assign O[9] = 1'b0;
  assign O[10] = 1'b0;
  assign O[11] = 1'b0;
  assign O[12] = n18;
  assign O[13] = n21;
  assign O[14] = n24;
  assign O[15] = n25;
endmodule
