// MULTIPLIER_NAME with an accumulator: one multiplication and one addition at each clock cycle.
// Codes narrower than the multiplier's 8 bits are extended. By weight scheme:
//   sign_magnitude  SIGN_MAGNITUDE = 1: `weight` is the magnitude, `negative` its sign, and `skip` is
//                   high for a weight of zero, whose product never counts
//   affine          SIGN_MAGNITUDE = 0, ACTIVATION_SUMS = 1: `activation_sum` is for the zero point
//                   of the weights, see correction.v
//   symmetric       SIGN_MAGNITUDE = 0: two's complement
// With a control variate ACTIVATION_SUMS is 1 whatever the scheme.
module mac_MULTIPLIER_NAME #(
  parameter ACTIVATION_BITS = 8,
  parameter WEIGHT_BITS = 8,
  parameter SUM_BITS = 32,
  parameter SIGN_MAGNITUDE = 1,
  parameter ACTIVATION_SUMS = 0
) (
  input clock,
  input first,
  input enable,
  input [ACTIVATION_BITS-1:0] activation,
  input [WEIGHT_BITS-1:0] weight,
  input negative,
  input skip,
  output signed [SUM_BITS-1:0] sum,
  output signed [SUM_BITS-1:0] activation_sum
);
  localparam SIGNED_CODES = CODES_ARE_SIGNED;
  wire signed [ACTIVATION_BITS:0] wide_activation =
    {(SIGNED_CODES != 0) & activation[ACTIVATION_BITS-1], activation};
  wire signed [WEIGHT_BITS:0] wide_weight =
    {(SIGNED_CODES != 0) & weight[WEIGHT_BITS-1], weight};
  wire signed [8:0] a = wide_activation;
  wire signed [8:0] w = wide_weight;
  wire [15:0] product;

  MULTIPLIER_NAME multiplier(.A(a[7:0]), .B(w[7:0]), .O(product));

  accumulator #(
    .ACTIVATION_BITS(ACTIVATION_BITS),
    .SUM_BITS(SUM_BITS),
    .SIGNED_CODES(SIGNED_CODES),
    .SIGN_MAGNITUDE(SIGN_MAGNITUDE),
    .ACTIVATION_SUMS(ACTIVATION_SUMS)
  ) accumulator(
    .clock(clock),
    .first(first),
    .enable(enable),
    .product(product),
    .activation(activation),
    .negative(negative),
    .skip(skip),
    .sum(sum),
    .activation_sum(activation_sum)
  );
endmodule
