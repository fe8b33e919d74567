// mul8u_evo_mae3p22_p4p94: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_broken11 in 1 steps, 300000 evaluations; least power for mae_pct <= 3.27292; seed 3006.
// MAE 3.221 %, power 19.32 uW, 11 cells.
module mul8u_evo_mae3p22_p4p94(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31;
  assign n18 = A[5] & B[7];
  assign n19 = A[7] & B[6];
  assign n20 = A[7] & B[7];
  assign n21 = A[6] & B[6];
  assign n22 = A[7] & B[5];
  assign n23 = A[6] & B[7];
  assign n24 = n21 | n22;
  assign n25 = n21 & n22;
  assign {n27, n26} = n19 + n23 + n25;
  assign {n29, n28} = n18 + n26;
  assign {n31, n30} = n20 + n27 + n29;
  assign O[0] = A[7];
  assign O[1] = n30;
  assign O[2] = A[2];
  assign O[3] = B[5];
  assign O[4] = A[6];
  assign O[5] = A[1];
  assign O[6] = n21;
  assign O[7] = 1'b1;
  assign O[8] = A[4];
  assign O[9] = B[4];
  assign O[10] = A[4];
  assign O[11] = 1'b1;
  assign O[12] = n24;
  assign O[13] = n28;
  assign O[14] = n30;
  assign O[15] = n31;
endmodule
