// Adds up the products of one multiplier, one at each clock cycle.
// The first product of a sum comes with `first`, which loads it instead of adding to the last sum.
module accumulator #(
  parameter ACTIVATION_BITS = 8,
  parameter SUM_BITS = 32,        // layers.csv has what every layer needs
  parameter SIGNED_CODES = 0,     // activations and products are two's complement
  parameter SIGN_MAGNITUDE = 1,   // `negative` and `skip` count
  parameter ACTIVATION_SUMS = 0            // activations are added up, too
) (
  input clock,
  input first,
  input enable,
  input [15:0] product,
  input [ACTIVATION_BITS-1:0] activation,
  input negative,                 // the weight is below zero: its product is subtracted
  input skip,                     // the weight is zero: its product counts as zero
  output reg signed [SUM_BITS-1:0] sum,
  output reg signed [SUM_BITS-1:0] activation_sum
);
  wire signed [16:0] value = {(SIGNED_CODES != 0) & product[15], product};
  wire signed [16:0] term = (SIGN_MAGNITUDE == 0) ? value : skip ? 17'sd0 : negative ? -value : value;
  wire signed [SUM_BITS-1:0] before = first ? {SUM_BITS{1'b0}} : sum;
  always @(posedge clock)
    if (enable) sum <= before + term;

  generate
    if (ACTIVATION_SUMS != 0) begin : activations
      wire signed [ACTIVATION_BITS:0] code =
        {(SIGNED_CODES != 0) & activation[ACTIVATION_BITS-1], activation};
      wire signed [SUM_BITS-1:0] so_far = first ? {SUM_BITS{1'b0}} : activation_sum;
      always @(posedge clock)
        if (enable) activation_sum <= so_far + code;
    end else begin : no_activations
      always @(posedge clock)
        if (enable) activation_sum <= {SUM_BITS{1'b0}};
    end
  endgenerate
endmodule
