// mul8u_evo_mae3p58_p4p13: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_broken11 in 1 steps, 300000 evaluations; least power for mae_pct <= 3.64679; seed 3032.
// MAE 3.581 %, power 16.15 uW, 9 cells.
module mul8u_evo_mae3p58_p4p13(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29;
  assign n18 = A[5] & B[7];
  assign n19 = A[6] & B[6];
  assign n20 = A[6] & B[7];
  assign n21 = A[7] & B[5];
  assign n22 = A[7] & B[6];
  assign n23 = A[7] & B[7];
  assign {n25, n24} = n18 + n21;
  assign {n27, n26} = n19 + n20 + n22;
  assign {n29, n28} = n23 + n25 + n27;
  assign O[0] = n18;
  assign O[1] = B[2];
  assign O[2] = 1'b1;
  assign O[3] = n21;
  assign O[4] = A[6];
  assign O[5] = n26;
  assign O[6] = B[3];
  assign O[7] = B[7];
  assign O[8] = n20;
  assign O[9] = B[5];
  assign O[10] = A[2];
  assign O[11] = 1'b1;
  assign O[12] = n24;
  assign O[13] = n26;
  assign O[14] = n28;
  assign O[15] = n29;
endmodule
