// What every figure means: a heading, one or two sentences, and for the curious the formula or the paper's term.

/** @typedef {{ title: string, text: string, formula?: string }} Explanation */

export const help = /** @satisfies {Record<string, Explanation>} */ ({
  privacy: {
    title: "Nothing leaves this browser",
    text: "Files are read and models trained on this machine, and what you are at is kept here, in this browser's own storage, so that a reload or a crash loses nothing; “Kept here” says how much it is and deletes it. The page's own security policy forbids every connection to another place, and a test of a whole run counts such requests: there are none.",
    formula: "Content-Security-Policy: default-src 'none'; connect-src 'self'",
  },
  data: {
    title: "Data",
    text: "Files of ratings from two to eight domains, such as books, music and films: one line a rating, with a person, an item and a number. People are joined by their ids, items are not. Whatever was not clear is said, with what can be done about it; every change can be undone.",
    formula: "ratings are scaled to (r − lo) / (hi − lo)",
  },
  overlap: {
    title: "People in both",
    text: "Only they can show how taste in one domain carries over to another; any two domains that share people are linked. The correlation compares their mean ratings, for people with five ratings or more in each: near 0, there may be little to carry.",
    formula: "overlap users; Pearson's r of mean ratings",
  },
  train: {
    title: "Training",
    text: "First the model that is measured; a chain of samples can be stopped early, with the draws that there are. Then what it is compared with: the same with nothing that crosses, with shuffled links, and five times with a fifth of the people in both as newcomers to one domain and a fifth to the other. Last the model that is kept, on all ratings.",
    formula: "dual metric learning: own-domain pass, mapping pass, cross-domain pass",
  },
  model: {
    title: "Model",
    text: "Dual metric learning, or one of the baselines and peers that it is compared with. All are measured alike and recommend; only dual metric learning, the Bayesian model and their average have clouds that are turned. The average of the first two, dual metric learning and the Bayesian model, is what predicts best and the default. Those of the second module train with automatic differentiation; it is loaded when one of them is chosen, and nothing else changes.",
  },
  preset: {
    title: "Recipe",
    text: "Robust is what was found to predict best on real ratings: biases, learnt vectors and a closed-form map, averaged with the Bayesian model, each person by what they have rated. Paper is the method by the letter: frozen autoencoder codes of the feature tables (learnt vectors without tables), a map learnt by gradient, Algorithm 1.",
    formula: "robust: r̂ = μ + b_u + b_i + ⟨u, v⟩ + MLP[u, v, f];  paper: r̂ = RS(W_u, W_i)",
  },
  device: {
    title: "Device",
    text: "Where the browser offers a real graphics processor, Auto takes whichever of WebGPU and the CPU wins a short race; otherwise the CPU. The same seed gives the same numbers again on the same kind of device.",
  },
  overlap_users: {
    title: "People in both used",
    text: "How many people in both the map may learn from. At zero the two domains learn apart; in theory k of them fix the map for exact pairs of vectors.",
    formula: "linked overlap users n; X has k(k − 1)/2 degrees of freedom",
  },
  map: {
    title: "Map",
    text: "Each person is a vector of tastes, drawn in the plane in which both clouds spread most. A turn that keeps all distances within a cloud is sought so that people in both meet themselves. Colours can say instead how high or how much people rate, what tables say of them, and what of the items' fields they rate more than others do. Of whoever is clicked the nearest people stay bright.",
    formula: "L_X = ‖X W_uA − W_uB‖² + ‖Xᵀ W_uB − W_uA‖²,  Xᵀ X = I",
  },
  space: {
    title: "Onto whose cloud",
    text: "Each domain is learnt in a space of its own. All are turned into the space of this one, along the fewest links that lead there: the maps on the way, one after the other, are again a turn.",
    formula: "X_AC = X_AB · X_BC (paper, 4.3)",
  },
  turn: {
    title: "Before and after",
    text: "The whole cloud turns on the shortest path from where it was learnt to where the map puts it. Nothing is faded or bent: the turn is all that the map does.",
    formula: "x(t) = P · R(t) · W_uA,  R(0) = I,  R(1) = X",
  },
  losses: {
    title: "Errors while it learns",
    text: "Left, the mean squared error on training ratings: own uses a person's own domain, cross goes through the map. Right, how far apart the two vectors of a person lie after the turn.",
    formula: "L_A + L_B (own), L*_A + L*_B (cross), L_X (mapping)",
  },
  chain: {
    title: "The chain: what crosses, by sweep",
    text: "A sweep draws everything anew, given the rest and the ratings. Drawn through: how much of a person's kindness, how high they rate, is expected on the other side. Dashed: how much of their taste. A chain that has settled goes up and down around one height; predictions are means over its later draws.",
    formula: "b_B ~ N(ρ b_A, τ⁻¹),  u_B ~ N(c X u_A, λ⁻¹)",
  },
  taste: {
    title: "Do kindness and taste cross?",
    text: "Carried: how much of somebody's kindness (how high they rate) and of their taste the model expects on the other side; 0 is nothing. Of taste c is how much of a vector is carried, and r the same in units of both sides' lengths, which ratings do not fix: the correlation that the model expects of the pairs. Pairs: how the two sides of people go together whose link was hidden, as a correlation; bold stands out of the noise, and of taste also of shuffled links. Beside each the same with links that join nobody with themselves, once that run is over: a turn can be fitted to any two clouds, so that of taste only what is more than there counts. How high people rate needs no turn: its correlation is as high there. R̂ near 1: the halves of the chain agree; draws: how many independent ones it is worth.",
    formula: "ρ; c; r = c ‖u_A‖ / ‖u_B‖; r(b_A, b_B), r(X u_A, u_B) over hidden pairs",
  },
  r_hat: {
    title: "R̂ and effective draws",
    text: "R̂ compares the spread within the halves of all chains with the spread over all of them: above 1.1 they have not settled. Draws of a chain resemble each other; effective draws is how many independent ones they are worth.",
    formula: "R̂ = √(total variance / variance within)",
  },
  likely: {
    title: "Likely, and the chance of a high rating",
    text: "Four of five ratings should lie in the likely range. The chance is that of a rating in the highest part of the scale, and lists can be sorted by it: what is surely good comes before what is perhaps great. Both come from all draws of the chain together.",
    formula: "80 % interval of the predictive distribution; P(r ≥ high)",
  },
  orthogonality: {
    title: "Error of the turn",
    text: "How far the map is from a pure turn that keeps all distances; rounding alone leaves about a millionth.",
    formula: "‖X Xᵀ − I‖",
  },
  metrics: {
    title: "Errors on ratings never seen",
    text: "Ratings are scaled to 0 to 1, so that 0.2 is a fifth of the scale. The bias model knows only how high a person and an item are rated; the mean knows nothing. The lowest error is bold where it stands out of the noise; otherwise none is.",
    formula: "RMSE = √ mean (r − r̂)²;  MAE = mean |r − r̂|;  bias: μ + b_u + b_i",
  },
  found: {
    title: "How much was found",
    text: "In generated data the noise is known, so no model can do better than a floor. This is the share of the way from the bias model to that floor, in squared error.",
    formula: "(bias² − model²) / (bias² − floor²)",
  },
  transfer: {
    title: "Transfer: what each gets from the other",
    text: "The error for the same ratings when each domain is trained alone, when people are linked with somebody else (shuffled), and when they are linked with themselves. A gain is less error than alone and than shuffled; more error than alone is harm. Bold stands out of the noise. Few: people with fewer than five training ratings.",
    formula: "vs alone = RMSE linked / RMSE alone − 1",
  },
  alone: {
    title: "Alone",
    text: "The same training with nothing that crosses: no links, no vectors and no biases of the other domain.",
  },
  shuffled: {
    title: "Shuffled links",
    text: "A placebo: the same training with as many links, none of which joins a person with themselves. Whatever it gains does not come from what people like elsewhere.",
    formula: "vs shuffled = RMSE linked / RMSE shuffled − 1",
  },
  interval: {
    title: "95 % interval",
    text: "Where the change would lie in 95 of 100 repetitions with other people, and with other seeds where the measurement is repeated. What chance changes in a training, taken from two placebos, is in it. If it holds zero, nothing is claimed; nor is it for fewer than 30 people or 200 ratings.",
    formula: "paired bootstrap over people, 1,000 draws, 2.5 % and 97.5 % quantiles",
  },
  budget: {
    title: "Tries",
    text: "How many settings each model is trained with. The first try has the settings that you have; the next ones fill the space evenly; then come those that promise most by what was seen, four at a time. All models get the same number, but one that has fewer settings to try. Each try is measured on rows that are neither trained on nor tested.",
  },
  found_settings: {
    title: "Settings found",
    text: "The best try of each model so far, by its error on validation rows. A better error there need not be one on test rows: the sentence above says what the test says. “Use these settings” puts them into the view Train; only what differs is changed.",
  },
  newcomers: {
    title: "Newcomers",
    text: "People in both who lost all their ratings in one domain before training, and keep those in the other: a fifth of those who are linked, for each domain.",
    formula: "cold-start users",
  },
  ladder: {
    title: "What crosses to newcomers",
    text: "Four predictors, each with one thing more: the item's mean, the network trained alone, how high the person rates in the other domain, and their taste through the map. The last step whose gain stands out of the noise is underlined; later ones add nothing that can be told.",
    formula: "μ + b_i → RS alone → with ρ · b_other → RS_B(X W_uA, W_iB)",
  },
  crossed_bias: {
    title: "Without a network",
    text: "The simplest thing that can cross: the mean, the item's bias and a share of the person's bias in the other domain.",
    formula: "μ + ρ · b_other + b_i",
  },
  kept: {
    title: "The kept model",
    text: "After the measurement one more model is trained on all ratings and all links, for as many epochs as were best for the measured one. It recommends and is saved; no error is known for it, because nothing was kept aside.",
  },
  alignment: {
    title: "Do hidden pairs meet?",
    text: "The distance between the two vectors of people whose link was hidden, in units of predicting everybody's mean. Below 1 the map says something about people it has not seen; at 1 it says nothing, however pretty the picture.",
    formula: "Σ ‖X u_A − u_B‖² / Σ ‖ū_B − u_B‖²",
  },
  pairs: {
    title: "What each could give the other",
    text: "For every two domains that share people: how near the two places of people come whose link was hidden, in units of predicting everybody's mean. Turned is under the map of the two; via another domain goes through the two maps there and on, the best way if there are several; no turn and a random one know nothing. Below 1 a map says something about people it has not seen.",
    formula: "Σ ‖X u_A − u_B‖² / Σ ‖ū_B − u_B‖²",
  },
  precision: {
    title: "Precision and recall at 5",
    text: "Of the five test items that a person is predicted to like best, the share that they did like, and the share of all liked test items among those five.",
    formula: "relevant: scaled rating ≥ 0.5",
  },
  paper_precision: {
    title: "As in the paper's tables",
    text: "There, only items predicted above the threshold count as recommended and recall is counted within the top five. A constant prediction reaches 0.83 to 0.94 and 1.000 with it, so it says almost nothing.",
  },
  recommend: {
    title: "Recommendations",
    text: "For somebody known in both domains each list comes from their own ratings there. For somebody known in one only, the others go through the maps, along the fewest links that lead there, and say which. They come from the kept model once it is trained on all ratings, before that from the measured one.",
    formula: "own: RS_A(W_uA, W_iA);  through the map: RS_B(X W_uA, W_iB)",
  },
  experiment: {
    title: "Experiments",
    text: "The figures of the paper, and some beyond it, drawn from the data that are loaded: each is a list of points, such as how many people in both are linked, and at each of them models are trained and tested on ratings they have not seen. Nothing leaves this browser.",
  },
  folds: {
    title: "Folds",
    text: "The ratings are cut into so many parts; each part is tested once by models that were trained on the others. More folds take longer and narrow the intervals.",
    formula: "n-fold cross-validation",
  },
  seeds: {
    title: "Seeds",
    text: "How often all of it is repeated, each time with other folds and other first weights. The first seed is that of the view Train.",
  },
  workers: {
    title: "Workers",
    text: "Jobs that are done at the same time. Each worker keeps a core busy and has its own copy of the data; the page leaves one core to itself. Fewer leave more memory and more of the machine to you, and change no result.",
  },
  placebos: {
    title: "Placebos everywhere",
    text: "Each model is also trained at every point with nothing that crosses, and with links that join nobody with themselves. What shuffled links gain too does not come from the other domain. Three times the jobs; without it placebos are where the experiment cannot do without.",
  },
  run: {
    title: "Start, pause, stop",
    text: "Pause gives out no more jobs and lets those under way end. Stop ends the workers at once; what they were at is done again when you go on. Every result is kept as soon as its job is done, and interrupted or not, the end is the same.",
  },
  kept_experiments: {
    title: "Kept here",
    text: "What was begun in this browser, by data and settings: a file for each result in the browser's own storage for this page, which other pages cannot read. After a reload it is gone on with; for your own files, once they are loaded again.",
    formula: "origin private file system",
  },
  finding: {
    title: "On these data",
    text: "A sentence made of the numbers of this run, with 95 % intervals. Nothing is claimed where the interval holds zero or where shuffled links do as well.",
  },
  jobs: {
    title: "Jobs",
    text: "One training and its test: a model at a point, for a fold and a seed. Jobs are given out with the lightest of each model first, so that the time that is left is soon known.",
  },
  nearest: {
    title: "Nearest people",
    text: "People whose taste vectors lie closest to this person's after the turn; the smaller the number, the more alike.",
    formula: "‖X u_A − u_B‖",
  },
});
