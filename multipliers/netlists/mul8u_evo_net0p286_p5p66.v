// mul8u_evo_net0p286_p5p66: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 16 steps, 640000 evaluations; least power for mae_pct <= 0.316253, weighted by network operands; seed 1015.
// MAE 16.9 %, power 30.44 uW, 14 cells.
module mul8u_evo_net0p286_p5p66(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35;
  assign n18 = A[4] & B[4];
  assign n19 = A[5] & B[5];
  assign n20 = A[4] & B[6];
  assign n21 = A[4] & B[5];
  assign n22 = A[5] & B[4];
  assign n23 = A[5] & B[6];
  assign n24 = A[6] & B[3];
  assign n25 = A[6] & B[5];
  assign n26 = A[6] & B[6];
  assign {n28, n27} = n18 + n21 + n22;
  assign n29 = n19 | n20;
  assign {n31, n30} = n24 + n28 + n29;
  assign {n33, n32} = n23 + n25 + n31;
  assign {n35, n34} = A[7] + n26 + n33;
  assign O[0] = A[3];
  assign O[1] = A[7];
  assign O[2] = n30;
  assign O[3] = A[7];
  assign O[4] = n25;
  assign O[5] = A[2];
  assign O[6] = A[2];
  assign O[7] = A[5];
  assign O[8] = A[3];
  assign O[9] = n27;
  assign O[10] = n30;
  assign O[11] = n32;
  assign O[12] = n34;
  assign O[13] = n35;
  assign O[14] = 1'b0;
  assign O[15] = 1'b0;
endmodule
