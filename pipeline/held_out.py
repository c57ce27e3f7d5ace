"""The visits on which a build is held against its model: invented for this alone, in no shipped encounter and no training set."""

TRANSCRIPTS = (
    "Doctor: Good morning, Mrs Adeyemi. How have the headaches been? Patient: Better. Two this week, not four. No vomiting. "
    "Doctor: Still on the propranolol? Patient: Forty milligrams, twice a day. Doctor: Pressure is 122 over 78. Let us stay.",
    "Doctor: You are here about the rash. Patient: Yes, um, on both elbows, since the summer. It itches. Doctor: Anyone in the "
    "family with psoriasis? Patient: My mother. Doctor: I see plaques with a silvery scale. We will start a steroid cream.",
    "Doctor: How is the sugar? Patient: One-ninety in the morning. I stopped the metformin, it hurt my stomach. Doctor: Any "
    "tingling in the feet? Patient: No. Doctor: Your A1c is 8.1. We try the slow-release form, five hundred with supper.",
    "Doctor: What happened to the ankle? Patient: I slipped on the stairs on Sunday, the left one. I can walk on it, just. "
    "Doctor: Does it hurt here, on the bone? Patient: No, in front of it. Doctor: Swollen, no bony tenderness. No x-ray today. "
    "Ice, a bandage, and ibuprofen for five days with food.",
    "Doctor: You asked for a repeat of the inhaler. Patient: The blue one. I need it most nights since the cat came. "
    "Doctor: And the brown one? Patient: I left it off in May. Doctor: I hear a little wheeze on the right. "
    "Your peak flow is 340. Please take the brown one again, two puffs twice a day, and come back in four weeks.",
    "Doctor: The thyroid result is back. Patient: Is that why I am so tired? Doctor: It fits, the TSH is 9.4. Have you gained "
    "weight? Patient: Three kilos, and I am always cold. Doctor: Then we begin levothyroxine, fifty micrograms before breakfast, "
    "and check the blood in eight weeks. Patient: My sister takes that too.",
)
